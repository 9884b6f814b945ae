import Sockets

/// Connections through another process's place: bytes are passed on until they are not, while the kernel
/// goes on acknowledging them.
final class SilentRelay: Sendable {
    private let listener: StreamListener
    private let target: SocketAddress
    private let count = TestLock(0)
    private let stuckCount = TestLock(0)

    init(to target: SocketAddress) async throws {
        listener = try await StreamListener.listen(on: "127.0.0.1:0")
        self.target = target
    }

    deinit { listener.close() }

    @Sendable func dial(_ endpoint: Endpoint) async throws -> any ByteStream {
        try await StreamConnection.connect(to: Endpoint(listener.localAddress))
    }

    /// Nothing that goes over the connections of now is passed on any more, nor read.
    func swallow() { stuckCount.withLock { $0 = count.withLock { $0 } } }

    /// Passes bytes on until it is cancelled.
    func serve() async throws {
        try await listener.serve { near in
            let number = self.count.withLock { count in
                count += 1
                return count
            }
            guard let far = try? await StreamConnection.connect(to: Endpoint(self.target)) else {
                return
            }
            defer { far.close() }
            async let back: Void = self.pass(number, from: far, to: near)
            await self.pass(number, from: near, to: far)
            await back
        }
    }

    private func pass(
        _ number: Int,
        from: StreamConnection,
        to: StreamConnection
    ) async {
        var buffer = ByteBuffer()
        while let count = try? await from.receive(into: &buffer), count > 0 {
            if number <= stuckCount.withLock({ $0 }) {
                return (try? await from.loop.sleep(until: .never)) ?? ()
            }
            guard (try? await to.send(buffer.bytes)) != nil else { break }
            buffer.clear()
        }
        to.close()
    }
}
