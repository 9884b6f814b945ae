internal import CLinux
internal import Glibc

/// A connected Unix sequenced-packet socket: messages with their borders, in order, each received
/// once (unix(7), SOCK_SEQPACKET).
///
/// ```swift
/// try await SeqpacketConnection.connect(to: "unix-seqpacket:/run/control") { connection in
///     try await connection.send("status")
///     if let answer = try await connection.receive(limit: 4096) { print(answer.count) }
/// }
/// ```
///
/// One task sends and one receives at a time; another gets ``SocketError/Code/busy``. It is closed
/// by its scope, by ``close()``, or at the latest when nothing refers to it any more.
public struct SeqpacketConnection: Sendable {
    // Waiting, closing and counting are a stream's. Only what one call moves differs, so nothing but
    // that is written here; the stream's own way to receive is never let out.
    let stream: StreamConnection

    init(_ stream: StreamConnection) { self.stream = stream }

    /// The address of the other end; of a client that never bound one, `unix:*`.
    public var peerAddress: SocketAddress { stream.peerAddress }

    /// This end's address: getsockname(2), asked each time.
    public var localAddress: SocketAddress? { stream.localAddress }

    /// The loop whose thread its events arrive on.
    public var loop: EventLoop { stream.loop }

    /// How long an operation may wait before it fails with ``SocketError/Code/idleLimit``; nil for
    /// ever, as it is at first.
    public var idleLimit: Duration? {
        get { stream.idleLimit }
        nonmutating set { stream.idleLimit = newValue }
    }

    /// What the connection has moved, in bytes.
    public func statistics() -> StreamConnectionStatistics { stream.statistics() }

    /// Who is at the other end: SO_PEERCRED.
    ///
    /// Like ``StreamConnection/peerCredentials()``.
    public func peerCredentials() throws(SocketError) -> PeerCredentials {
        try stream.peerCredentials()
    }

    /// Reads an option: getsockopt(2).
    public func get<Value>(_ option: SocketOption<Value>) throws(SocketError) -> Value {
        try stream.get(option)
    }

    /// Sets an option: setsockopt(2).
    public func set<Value>(
        _ option: SocketOption<Value>,
        to value: Value
    ) throws(SocketError) {
        try stream.set(option, to: value)
    }

    // MARK: Closing

    /// Half-close: shutdown(2) with SHUT_WR, after the messages sent so far.
    public func finish() async throws(SocketError) { try await stream.finish() }

    /// Closes: close(2), once no operation of ours is in the kernel with it.
    ///
    /// Messages in the kernel's queue are still delivered. Waiting operations fail with
    /// ``SocketError/Code/closed``.
    public func close() { stream.close() }

    // MARK: Making one

    /// Connects to an endpoint, runs `body` with the connection and closes it.
    ///
    /// Like the form without `body`.
    public static func connect<Result>(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        options: [SocketSetting] = [],
        _ body: (SeqpacketConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await connect(to: endpoint, loops: loops, options: options)
        defer { connection.close() }
        return try await body(connection)
    }

    /// Connects to an endpoint: socket(2) and connect(2); the caller closes the connection.
    ///
    /// Like ``SeqpacketSocket/connect(to:)``.
    ///
    /// - Throws: ``SocketError/Code/unsupported`` for an endpoint that is not `unix-seqpacket:`.
    public static func connect(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        options: [SocketSetting] = []
    ) async throws(SocketError) -> SeqpacketConnection {
        let address = try endpoint.seqpacketAddress(for: .connect)
        return try await SeqpacketSocket.create(loops: loops, options: options).connect(to: address)
    }

    /// Two connected sockets: socketpair(2).
    ///
    /// On a loop's thread that loop looks after them, otherwise one of `loops`.
    public static func pair(
        loops: EventLoopGroup = .shared
    ) throws(SocketError) -> (SeqpacketConnection, SeqpacketConnection) {
        let (one, other) = try StreamConnection.pair(type: clinux_seqpacket_type(), loops)
        return (SeqpacketConnection(one), SeqpacketConnection(other))
    }

    /// Takes over a connected sequenced-packet socket that came from elsewhere.
    ///
    /// Like ``StreamConnection/adopt(_:loops:)``.
    public static func adopt(
        _ descriptor: consuming Descriptor,
        loops: EventLoopGroup = .shared
    ) throws(SocketError) -> SeqpacketConnection {
        let type = CInt(SOCK_SEQPACKET.rawValue)
        return SeqpacketConnection(try .adopt(descriptor, type: type, loops))
    }

    /// A further descriptor for the same socket.
    ///
    /// Like ``StreamConnection/duplicateDescriptor()``.
    public func duplicateDescriptor() throws(SocketError) -> Descriptor {
        try stream.duplicateDescriptor()
    }
}
