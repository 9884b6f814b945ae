internal import Logging
public import ServiceLifecycle
public import Sockets

/// A chat for anyone with `nc`, an IRC-less terminal or a program that speaks lines of text.
///
/// One server runs one chat on any number of listeners; people who came in at different ones share
/// the rooms.
///
/// ```swift
/// let server = ChatServer(.init(endpoints: ["localhost:12345", "unix:/run/chat"]))
/// try await server.run()
/// ```
///
/// It is a swift-service-lifecycle `Service`: a graceful shutdown is ``stop()``.
public final class ChatServer: Service {
    private let configuration: Configuration
    private let loops: EventLoopGroup
    private let report: @Sendable ([SocketAddress]) -> Void
    private let hall: Hall
    private let stopping = StopSwitch()

    /// A server, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: Where it listens and what bounds it.
    ///   - loops: What it runs on.
    ///   - whenListening: Called once, with the address of each endpoint in their order, when
    ///     everybody can connect; the real port where 0 was asked for.
    public init(
        _ configuration: Configuration = .init(),
        loops: EventLoopGroup = .shared,
        whenListening: @escaping @Sendable ([SocketAddress]) -> Void = { _ in }
    ) {
        precondition(!configuration.endpoints.isEmpty, "a chat that nobody can come to")
        configuration.limits.check()
        self.configuration = configuration
        self.loops = loops
        report = whenListening
        hall = Hall(configuration, loops: loops)
    }

    /// Listens and serves until ``stop()`` or a graceful shutdown, and returns when everyone has
    /// gone.
    ///
    /// Once in a server's life.
    ///
    /// Cancelling the task ends all connections at once.
    ///
    /// - Throws: `SocketError` when an endpoint cannot be listened on: nobody has been served then.
    public func run() async throws {
        let listeners = try await listen()
        defer { for listener in listeners { listener.close() } }
        stopping.set { [limits = configuration.limits, hall] in
            hall.stop()
            for listener in listeners { listener.drain(before: .after(limits.drainTimeLimit)) }
        }
        report(listeners.map(\.localAddress))
        try await withGracefulShutdownHandler {
            try await serve(listeners)
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Stops: takes nobody in any more, tells everyone, sends what waits for them and closes,
    /// within ``Limits/drainTimeLimit``; ``run()`` then returns.
    ///
    /// Any task, any number of times.
    public func stop() {
        configuration.logger.info("stopping")
        stopping.throwOnce()
    }

    /// What the server serves now and has done so far.
    public func statistics() -> ChatServerStatistics { hall.statistics() }

    // MARK: Helpers

    private func listen() async throws -> [StreamListener] {
        var listeners: [StreamListener] = []
        do {
            for endpoint in configuration.endpoints {
                let listener = try await StreamListener.listen(
                    on: endpoint,
                    loops: loops,
                    listenerConfiguration
                )
                configuration.logger.info(
                    "listening",
                    metadata: ["address": "\(listener.localAddress)"]
                )
                listeners.append(listener)
            }
        } catch {
            for listener in listeners { listener.close() }
            throw error
        }
        return listeners
    }

    private var listenerConfiguration: StreamListener.Configuration {
        let limits = configuration.limits
        return StreamListener.Configuration(
            connectionLimit: limits.connectionLimit,
            logger: configuration.logger,
            options: limits.sendBufferSize > 0
                ? [.set(.sendBufferSize, to: limits.sendBufferSize)] : []
        )
    }

    private func serve(_ listeners: [StreamListener]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for listener in listeners {
                group.addTask { [hall, configuration] in
                    try await listener.serve { connection in
                        await Visit(connection, hall, configuration).run()
                    }
                }
            }
            // Handlers end when their connections do: cancelled, they need those closed.
            let keeper = Task { [hall, loops] in
                try? await loops.next().sleep(until: .never)
                hall.abandon()
            }
            defer { keeper.cancel() }
            try await withTaskCancellationHandler {
                try await group.waitForAll()
            } onCancel: {
                keeper.cancel()
            }
        }
    }
}
