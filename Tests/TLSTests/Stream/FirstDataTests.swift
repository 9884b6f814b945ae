import Sockets
import TLS
import Testing

/// How soon the first data gets through, on real TCP, to peers that leave Nagle's algorithm on.
@Suite("First data", .serialized)
struct FirstDataTests {
    /// A delayed acknowledgement takes 40 ms on Linux (TCP_DELACK_MIN).
    private static let limit = Duration.milliseconds(20)
    private static let count = 9

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func aClientsFirstDataDoesNotWaitForAnAcknowledgement(version: TLSVersion) async throws {
        let time = try await median(version) { client, server in
            try await client.send("x")
            _ = try await server.text(atLeast: 1)
        }
        #expect(time < Self.limit)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func aServersFirstDataDoesNotWaitForAnAcknowledgement(version: TLSVersion) async throws {
        let time = try await median(version) { client, server in
            try await server.send("x")
            _ = try await client.text(atLeast: 1)
        }
        #expect(time < Self.limit)
    }

    /// The median time of several connections' first exchange after the handshake.
    private func median(
        _ version: TLSVersion,
        _ exchange: (TLSStream<StreamConnection>, TLSStream<StreamConnection>) async throws -> Void
    ) async throws -> Duration {
        let parties = try Parties(versions: version...version)
        var times: [Duration] = []
        for _ in 0..<Self.count {
            let transports = try await connectedTCP()
            for end in [transports.0, transports.1] { try end.set(.noDelay, to: false) }
            let (client, server) = try await parties.pair(over: transports)
            let start = ContinuousClock.now
            try await exchange(client, server)
            times.append(.now - start)
            client.close()
            server.close()
        }
        return times.sorted()[Self.count / 2]
    }
}
