public import Logging
internal import Synchronization

/// A listening stream socket: listen(2), accept4(2).
///
/// ```swift
/// try await StreamListener.listen(on: "localhost:12345") { listener in
///     try await listener.serve { connection in
///         for try await line in connection.lines(limit: 4096) {
///             try await connection.send("you said \(line)\n")
///         }
///     }
/// }
/// ```
///
/// It is closed by its scope, by ``close()``, or at the latest when nothing refers to it any more.
public final class StreamListener: Sendable {
    /// How a listener behaves.
    public struct Configuration: Sendable {
        /// Connections the kernel holds that were not accepted yet; it caps it at
        /// net.core.somaxconn.
        public var backlog: Int

        /// Connections served at the same time; further ones wait in the backlog.
        ///
        /// Arbitrary: beyond the descriptors a process usually may have, so that those are the
        /// limit.
        public var connectionLimit: Int

        /// Where it logs.
        ///
        /// Quiet unless one is given.
        public var logger: Logger

        /// Options of the listening socket, set before bind(2).
        ///
        /// TCP's are inherited by the connections.
        public var options: [SocketSetting]

        /// A configuration.
        public init(
            backlog: Int = 4096,
            connectionLimit: Int = 1_000_000,
            logger: Logger = Logger(label: "sockets") { _ in SwiftLogNoOpLogHandler() },
            options: [SocketSetting] = []
        ) {
            precondition(connectionLimit > 0, "a listener that may serve nobody")
            self.backlog = backlog
            self.connectionLimit = connectionLimit
            self.logger = logger
            self.options = options
        }
    }

    /// The address others connect to; the real port when 0 was asked for.
    public let localAddress: SocketAddress

    let socket: PolledSocket
    let loops: EventLoopGroup
    let configuration: Configuration
    let counters = ListenerCounters()
    let served = ServedConnections()
    let drainDeadline = Lock<Deadline?>(nil)
    /// The socket file this listener made, removed when it closes.
    private let file: UnixSocketFile?

    init(
        _ socket: consuming StreamSocket,
        localAddress: SocketAddress,
        configuration: Configuration,
        ownsFile: Bool = true
    ) throws(SocketError) {
        let loop = try socket.loops.place()
        loops = socket.loops
        self.socket = PolledSocket(socket.descriptor, loop: loop)
        self.localAddress = localAddress
        self.configuration = configuration
        file = ownsFile ? UnixSocketFile(boundTo: localAddress) : nil
    }

    deinit { close() }

    /// Listens on an endpoint, runs `body` with the listener and closes it.
    ///
    /// Like the form without `body`, which says what an endpoint means for listening.
    public static func listen<Result>(
        on endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        _ configuration: Configuration = .init(),
        _ body: (StreamListener) async throws -> Result
    ) async throws -> Result {
        let listener = try await listen(on: endpoint, loops: loops, configuration)
        defer { listener.close() }
        return try await body(listener)
    }

    /// Waits for a connection and accepts it: accept4(2).
    ///
    /// Errors that belong to one connection (it was reset before it was accepted) are passed over.
    /// Out of descriptors or memory, it fails, and the caller may try again; ``serve(_:)`` does that
    /// by itself. Cancellation and deadlines: total, no descriptor is lost.
    public func accept() async throws(SocketError) -> StreamConnection {
        try await accept(until: .current)
    }

    func accept(until deadline: Deadline) async throws(SocketError) -> StreamConnection {
        switch socket.enter(.reading) {
        case .ready: break
        case .notReady: try await wait(until: deadline)
        case .busy: throw failure(.busy)
        case .closed: throw failure(.closed)
        }
        while true {
            if System.isCancelled {
                socket.leave(.reading, ready: true)
                throw failure(.cancelled)
            }
            let (result, peer) = System.accept(socket.number)
            if result >= 0 {
                socket.leave(.reading, ready: true)
                counters.accepted.add(1, ordering: .relaxed)
                let socket = PolledSocket(
                    Descriptor(CInt(truncatingIfNeeded: result)),
                    loop: loops.next()
                )
                return StreamConnection(
                    socket,
                    peerAddress: peer ?? .unix(.unnamed),
                    counters: counters
                )
            }
            if System.wouldBlock(result) {
                socket.wouldBlock(.reading)
                try await wait(until: deadline)
            } else if System.isOfOneConnection(CInt(-result)) {
                counters.aborted.add(1, ordering: .relaxed)
            } else {
                socket.leave(.reading, ready: true)
                throw failure(.init(errno: CInt(-result)), errno: CInt(-result))
            }
        }
    }

    /// Stops accepting: close(2).
    ///
    /// Connections go on. Waiting accepts fail with ``SocketError/Code/closed``.
    public func close() {
        guard !socket.isClosed else { return }
        file?.remove()
        socket.close()
    }

    /// What the listener has done so far and serves now.
    public func statistics() -> StreamListenerStatistics { .init(counters) }

    private func wait(until deadline: Deadline) async throws(SocketError) {
        let wake = await socket.wait(.reading, until: deadline)
        if case .ready = wake { return }
        socket.leave(.reading, ready: true)
        switch wake {
        case .ready, .closed: throw failure(.closed)
        case .cancelled: throw failure(.cancelled)
        case .deadlinePassed: throw failure(.deadlinePassed)
        case .failed(let errno): throw failure(.init(errno: errno), errno: errno)
        }
    }

    private func failure(_ code: SocketError.Code, errno: CInt = 0) -> SocketError {
        SocketError(code, in: .accept, local: localAddress, errno: errno)
    }
}
