import Relays
import Sockets

/// A listener that is the target of a relay, and pairs of streams through that.
struct RelayedPair: Sendable {
    let relay: FaultyRelay
    let listener: StreamListener

    /// Runs `body` with a relay and its target.
    static func with(
        _ faults: RelayFaults = .init(),
        on endpoint: Endpoint = "127.0.0.1:0",
        _ body: (RelayedPair) async throws -> Void
    ) async throws {
        let listener = try await StreamListener.listen(on: endpoint)
        defer { listener.close() }
        try await FaultyRelay.listen(to: Endpoint(listener.localAddress), faults) { relay in
            try await withDeadline(.after(.seconds(30))) {
                try await body(RelayedPair(relay: relay, listener: listener))
            }
        }
    }

    /// A client, and what the target has of it.
    func streams() async throws -> (StreamConnection, StreamConnection) {
        let client = try await StreamConnection.connect(to: relay.endpoint)
        return (client, try await listener.accept())
    }
}

extension StreamConnection {
    /// So many bytes as text.
    func text(_ count: Int) async throws -> String {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var buffer = ByteBuffer(limit: count - bytes.count)
            guard try await receive(into: &buffer) > 0 else { break }
            bytes += buffer.array()
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How what comes ends: nil for an end, or the error's code.
    func ending() async -> SocketError.Code? {
        do throws(SocketError) {
            while true {
                var buffer = ByteBuffer()
                if try await receive(into: &buffer) == 0 { return nil }
            }
        } catch {
            return error.code
        }
    }

    /// Whether nothing comes for a while.
    func isSilent(for duration: Duration = .milliseconds(100)) async -> Bool {
        await withDeadline(.after(duration)) { await ending() } == .deadlinePassed
    }
}
