internal import CLinux
internal import Glibc

/// A listening Unix sequenced-packet socket: listen(2), accept4(2).
///
/// It is a ``StreamListener`` whose connections keep message borders: the same configuration,
/// limits, cancellation and closing.
///
/// ```swift
/// try await SeqpacketListener.listen(on: "unix-seqpacket:/run/control") { listener in
///     try await listener.serve { connection in
///         while let message = try await connection.receive(limit: 4096) {
///             try await connection.send(message)
///         }
///     }
/// }
/// ```
public struct SeqpacketListener: Sendable {
    private let listener: StreamListener

    init(_ listener: StreamListener) { self.listener = listener }

    /// The address others connect to.
    public var localAddress: SocketAddress { listener.localAddress }

    /// Listens on an endpoint, runs `body` with the listener and closes it.
    ///
    /// Like the form without `body`.
    public static func listen<Result>(
        on endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        _ configuration: StreamListener.Configuration = .init(),
        _ body: (SeqpacketListener) async throws -> Result
    ) async throws -> Result {
        let listener = try listen(on: endpoint, loops: loops, configuration)
        defer { listener.close() }
        return try await body(listener)
    }

    /// Listens on an endpoint: socket(2), bind(2) and listen(2) in one; the caller closes the
    /// listener.
    ///
    /// A socket file whose listener is gone is taken over, and the file is removed when the listener
    /// closes, as ``StreamListener/listen(on:loops:_:)-(Endpoint,_,_)`` does.
    ///
    /// - Throws: ``SocketError/Code/unsupported`` for an endpoint that is not `unix-seqpacket:`.
    public static func listen(
        on endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        _ configuration: StreamListener.Configuration = .init()
    ) throws(SocketError) -> SeqpacketListener {
        let address = try endpoint.seqpacketAddress(for: .listen)
        try UnixSocketFile.removeStale(at: .unix(address))
        return try SeqpacketSocket.create(loops: loops, options: configuration.options)
            .bind(to: address)
            .listen(configuration)
    }

    /// Takes over a listening sequenced-packet socket that came from elsewhere.
    ///
    /// Like ``StreamListener/adopt(_:loops:_:)``.
    public static func adopt(
        _ descriptor: consuming Descriptor,
        loops: EventLoopGroup = .shared,
        _ configuration: StreamListener.Configuration = .init()
    ) throws(SocketError) -> SeqpacketListener {
        let type = CInt(SOCK_SEQPACKET.rawValue)
        return SeqpacketListener(try .adopt(descriptor, type: type, loops, configuration))
    }

    /// Waits for a connection and accepts it: accept4(2).
    ///
    /// Like ``StreamListener/accept()``; cancellation and deadlines: total.
    public func accept() async throws(SocketError) -> SeqpacketConnection {
        SeqpacketConnection(try await listener.accept())
    }

    /// Serves every connection by `handler`, each in a child task on the thread of its loop.
    ///
    /// Like ``StreamListener/serve(_:)``.
    public func serve(
        _ handler: @escaping @Sendable (SeqpacketConnection) async throws -> Void
    ) async throws(SocketError) {
        try await listener.serve { try await handler(SeqpacketConnection($0)) }
    }

    /// Stops accepting and lets the handlers finish until a deadline.
    ///
    /// Like ``StreamListener/drain(before:)``.
    public func drain(before deadline: Deadline) { listener.drain(before: deadline) }

    /// Stops accepting: close(2).
    ///
    /// Connections go on.
    public func close() { listener.close() }

    /// Stops listening here without ending the socket.
    ///
    /// Like ``StreamListener/handOver()``.
    public func handOver() throws(SocketError) -> Descriptor { try listener.handOver() }

    /// What the listener has done so far and serves now.
    public func statistics() -> StreamListenerStatistics { listener.statistics() }
}

extension Endpoint {
    /// The address of a `unix-seqpacket:` endpoint.
    func seqpacketAddress(
        for operation: SocketError.Operation
    ) throws(SocketError) -> UnixAddress {
        guard scheme == .unixSeqpacket, case .unix(let address) = host else {
            throw SocketError(
                .unsupported,
                in: operation,
                detail: "\(self) is not a unix-seqpacket endpoint"
            )
        }
        return address
    }
}
