import Glibc
import Sockets
import Testing

struct RawSocketTests {
    /// An echo request of RFC 792 with its checksum.
    private static func request(identifier: UInt16, number: UInt16) -> [UInt8] {
        var bytes: [UInt8] = [8, 0, 0, 0]
        for value in [identifier, number] {
            bytes.append(UInt8(value >> 8))
            bytes.append(UInt8(value & 255))
        }
        var sum = UInt32(0)
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        }
        while sum > 0xFFFF { sum = (sum & 0xFFFF) + (sum >> 16) }
        let checksum = ~UInt16(sum)
        bytes[2] = UInt8(checksum >> 8)
        bytes[3] = UInt8(checksum & 255)
        return bytes
    }

    @Test func aRawSocketPingsThisMachine() async throws {
        guard geteuid() == 0 else { return print("skipped: raw sockets need CAP_NET_RAW") }
        let socket = try RawSocket.create(.ipv4, protocol: .icmp, metadata: [.hopLimit])
        try socket.accept(icmpTypes: [0])
        let identifier = UInt16.random(in: 0...UInt16.max)
        let request = Self.request(identifier: identifier, number: 3)
        try await unsafe socket.send(request.span.bytes, to: .v4(.loopback))
        var memory = [UInt8](repeating: 0, count: 2048)
        while true {
            let packet = try await withDeadline(.after(.seconds(5))) {
                try await socket.receive(into: &memory)
            }
            // With the IP header of 20 bytes, and never our own request, which the filter keeps out.
            #expect(packet.size >= 28 && memory[0] >> 4 == 4 && memory[20] == 0)
            guard memory[24..<28].elementsEqual(request[4..<8]) else { continue }
            #expect(packet.source == .v4(.loopback, port: 0))
            #expect(packet.metadata.hopLimit == 64)
            return
        }
    }

    @Test func aRawSocketOfAnotherProtocolRefusesTheFilter() throws {
        guard geteuid() == 0 else { return print("skipped: raw sockets need CAP_NET_RAW") }
        let socket = try RawSocket.create(.ipv4, protocol: .udp)
        let error = #expect(throws: SocketError.self) { try socket.accept(icmpTypes: [0]) }
        #expect(error?.operation == .setOption)
    }

    @Test func aRefusedPingSocketSaysWhichSettingWouldHelp() throws {
        do throws(SocketError) {
            _ = try DatagramSocket.createPing(.ipv4)
            print("this system lets this user have ping sockets, so there is nothing to refuse")
        } catch {
            #expect(error.code == .permissionDenied)
            #expect(error.detail?.contains("net.ipv4.ping_group_range") == true)
        }
    }
}
