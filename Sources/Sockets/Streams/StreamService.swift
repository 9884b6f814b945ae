public import ServiceLifecycle

/// A listener as a service of swift-service-lifecycle: it serves until the group shuts down
/// gracefully, then drains.
///
/// ```swift
/// let echo = StreamService(on: "127.0.0.1:12345") { connection in
///     var buffer = ByteBuffer()
///     while try await connection.receive(into: &buffer) > 0 { try await connection.send(&buffer) }
/// }
/// try await ServiceGroup(
///     services: [echo], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
public struct StreamService: Service {
    private let endpoint: Endpoint
    private let loops: EventLoopGroup
    private let configuration: StreamListener.Configuration
    private let drainLimit: Duration
    private let listening: @Sendable (SocketAddress) -> Void
    private let handler: @Sendable (StreamConnection) async throws -> Void

    /// A service.
    ///
    /// - Parameters:
    ///   - endpoint: Where to listen.
    ///   - loops: The loops that serve.
    ///   - configuration: How the listener behaves.
    ///   - drainLimit: How long handlers may go on after the shutdown has begun.
    ///   - listening: Called with the real address once connections are accepted.
    ///   - handler: Serves one connection; see ``StreamListener/serve(_:)``.
    public init(
        on endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        _ configuration: StreamListener.Configuration = .init(),
        drainLimit: Duration = .seconds(10),
        listening: @escaping @Sendable (SocketAddress) -> Void = { _ in },
        handler: @escaping @Sendable (StreamConnection) async throws -> Void
    ) {
        self.endpoint = endpoint
        self.loops = loops
        self.configuration = configuration
        self.drainLimit = drainLimit
        self.listening = listening
        self.handler = handler
    }

    /// Serves until a graceful shutdown has drained the listener, or the task is cancelled.
    public func run() async throws {
        try await StreamListener.listen(on: endpoint, loops: loops, configuration) { listener in
            listening(listener.localAddress)
            let limit = drainLimit
            try await withGracefulShutdownHandler {
                try await listener.serve(handler)
            } onGracefulShutdown: {
                listener.drain(before: .after(limit))
            }
        }
    }
}
