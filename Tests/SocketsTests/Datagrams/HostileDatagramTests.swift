import Glibc
import Sockets
import Testing

/// Datagrams of peers that mean no good.
struct HostileDatagramTests {
    @Test func aSourceThatCannotBeAnsweredIsReportedAndTheEchoGoesOn() async throws {
        let raw = socket(AF_INET, CInt(SOCK_RAW.rawValue), CInt(IPPROTO_UDP))
        guard raw >= 0 else { return print("skipped: raw sockets need CAP_NET_RAW") }
        defer { close(raw) }
        let server = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        let port = try #require(server.localAddress.port)
        let client = try DatagramSocket.bind(to: .v4(.loopback, port: 0))
        // A UDP header with source port 0 and no checksum (RFC 768).
        let forged: [UInt8] = [0, 0, UInt8(port >> 8), UInt8(port & 255), 0, 9, 0, 0, 0x21]
        func sendForged() {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let count = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe sendto(
                        raw,
                        forged,
                        forged.count,
                        0,
                        $0,
                        socklen_t(MemoryLayout<sockaddr_in>.size)
                    )
                }
            }
            #expect(count == forged.count)
        }
        var batch = DatagramBatch(capacity: 8, datagramSize: 100)
        for _ in 0..<20 {
            try await client.send("first", to: server.localAddress)
            sendForged()
            try await client.send("second", to: server.localAddress)
            var count = 0
            while count < 3 {
                try await server.receive(into: &batch)
                count += batch.count
                try await server.send(&batch)
            }
            #expect(try await client.receiveText().text == "first")
            #expect(try await client.receiveText().text == "second")
            let error = try #require(server.receiveErrorIfReady())
            #expect(error.errno == EINVAL && error.destination == .v4(.loopback, port: 0))
        }
        #expect(server.receiveErrorIfReady() == nil)
    }
}
