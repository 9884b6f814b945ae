internal import Logging
internal import SessionProtocol
public import Sockets

/// The other end of many sessions.
///
/// ```swift
/// try await SessionServer.listen(on: ["localhost:7000"]) { server in
///     try await server.serve(handlers)
/// }
/// ```
/// Connections come from its listeners, and from whoever calls ``attach(_:peer:)``: after a TLS
/// handshake, a WebSocket upgrade, or where one port is shared and the first bytes say that a session
/// wants to be attached (`d3`). A session outlives them.
public final class SessionServer: Sendable {
    let configuration: SessionServerConfiguration
    /// The listeners below, if it has any.
    public let listeners: [StreamListener]
    let table = Lock(SessionTable())

    /// A server that accepts what these listeners do; nothing is accepted before ``serve(_:)``.
    public init(
        _ configuration: SessionServerConfiguration = .init(),
        listeners: [StreamListener] = []
    ) {
        configuration.check()
        self.configuration = configuration
        self.listeners = listeners
    }

    /// Listens on endpoints of TCP or Unix sockets, runs `body` with the server and closes them.
    ///
    /// See ``Sockets/StreamListener/listen(on:loops:_:)`` for what an endpoint means.
    public static func listen<Result>(
        on endpoints: [Endpoint],
        _ configuration: SessionServerConfiguration = .init(),
        _ body: (SessionServer) async throws -> Result
    ) async throws -> Result {
        var listeners: [StreamListener] = []
        defer { for listener in listeners { listener.close() } }
        for endpoint in endpoints {
            listeners.append(
                try await StreamListener.listen(
                    on: endpoint,
                    loops: configuration.loops,
                    configuration.listener
                )
            )
        }
        return try await body(SessionServer(configuration, listeners: listeners))
    }

    /// The addresses clients connect to, in the order of the endpoints.
    public var localAddresses: [SocketAddress] { listeners.map(\.localAddress) }

    /// Whether ``serve(_:)`` runs: before, and behind it, clients are told to try later.
    public var isServing: Bool { table.withLock { $0.isServing } }

    /// The sessions there are at this moment.
    public var sessions: [Session] { table.withLock { $0.entries.values.map(\.session) } }

    /// What it has done so far.
    public func statistics() -> SessionServerStatistics {
        table.withLock { table in
            var counts = table.counts
            counts.sessionCount = table.entries.count
            return counts
        }
    }

    /// Tells every client to leave, takes no new ones, and ends what is left at the deadline;
    /// ``serve(_:)`` then returns.
    ///
    /// Any task. Clients come back evenly spread, as after a lost connection.
    ///
    /// - Parameters:
    ///   - deadline: When sessions that are still here are abandoned.
    ///   - endpoint: Where clients should go; nil: to where they come from, which another process has
    ///     taken over by then. They follow only within the scheme they use.
    public func drain(before deadline: Deadline, to endpoint: Endpoint? = nil) {
        let (entries, starter) = table.withLock { table in
            table.drain = table.drain ?? DrainPlan(deadline: deadline)
            return (table.entries.values, table.starter)
        }
        configuration.logger.info("draining", metadata: ["sessions": "\(entries.count)"])
        for listener in listeners { listener.drain(before: deadline) }
        let within = UInt32(
            clamping: Int64((deadline.remaining ?? .seconds(3_600)) / .milliseconds(1))
        )
        for entry in entries {
            let drain = Drain(
                delayMilliseconds: configuration.slot(ofPlace: entry.place),
                withinMilliseconds: within,
                endpoint: endpoint.map { "\($0)" } ?? ""
            )
            entry.session.step { state, _ in state.drain(drain) }
        }
        starter?.wake()
    }
}

extension SessionState {
    /// Tells the client to leave; without connection there is nobody to wait for.
    mutating func drain(_ drain: Drain) {
        isDraining = true
        if machine.isAttached {
            machine.drain(drain)
        } else {
            machine.abandon(now: SessionClock.now)
        }
    }
}
