import Glibc
import Sockets
import SocketsTesting
import TLS
import Testing

@Suite("What TLS leaves behind")
struct LeakTests {
    /// In a process of its own: descriptors and memory belong to the whole process.
    @Test func aThousandConnectionsLeaveNothing() async {
        await #expect(processExitsWith: .success) {
            let parties = try Parties()
            try await talk(parties, times: 500)  // what is made once and kept
            let before = try residentSize()
            try await withLeakCheck { try await talk(parties, times: 1000) }
            let after = try residentSize()
            // A connection's memory is some 20 KiB, of which 1000 would be far more than this. A sanitizer
            // keeps what is freed for a while.
            let limit = isSanitized ? 16_000_000 : 4_000_000
            #expect(after < before + limit, "\(after - min(before, after)) bytes are left")
        }
    }

    /// A connection that waits keeps no buffers of ours: what OpenSSL keeps of it and little more.
    @Test(.disabled(if: isSanitized, "under a sanitizer everything takes many times the memory"))
    func idleConnectionsAreSmall() async {
        await #expect(processExitsWith: .success) {
            let parties = try Parties()
            try await talk(parties, times: 10)
            let count = 500
            let before = try residentSize()
            var kept: [TLSStream<StreamConnection>] = []
            for _ in 0..<count {
                let (client, server) = try await parties.pair(over: StreamConnection.pair())
                try await client.send("hello")
                _ = try await server.text(atLeast: 5)
                try await server.send("hello")
                _ = try await client.text(atLeast: 5)
                kept += [client, server]
            }
            let size = try (residentSize() - before) / kept.count
            print("an idle TLS stream: \(size) bytes of memory")
            #expect(size < idleLimit)
            for stream in kept { stream.close() }
        }
    }
}

/// What an SSL object with an established connection takes by itself (measured with OpenSSL 3.0: some
/// 14 KiB, and a session with its certificates), and 20 KiB.
private let idleLimit = 20_480 + 20_480

private func talk(_ parties: Parties, times: Int) async throws {
    for index in 0..<times {
        let (client, server) = try await parties.pair(over: StreamConnection.pair())
        try await client.send("hello")
        _ = try await server.text(atLeast: 5)
        try await server.send("hello")
        _ = try await client.text(atLeast: 5)
        // In every way a connection ends.
        switch index % 4 {
        case 0: client.close()
        case 1: client.reset()
        case 2: try await client.finish()
        default: break
        }
        if index % 2 == 0 { server.close() }
    }
}

/// The memory the process has in use, in bytes (proc(5), statm).
private func residentSize() throws -> Int {
    let file = unsafe try #require(unsafe fopen("/proc/self/statm", "r"))
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 200)
    _ = unsafe fgets(&line, CInt(line.count), file)
    let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    return pages * sysconf(CInt(_SC_PAGESIZE))
}

private let isSanitized = unsafe getenv("SOCK_TEST_SANITIZER") != nil
