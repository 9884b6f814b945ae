/// A datagram socket with one peer: connect(2) on UDP (udp(7)) or on Unix datagrams (unix(7)).
///
/// Nothing is sent by connecting; the kernel sends to the peer and receives from the peer only.
///
/// ```swift
/// var memory = [UInt8](repeating: 0, count: 2048)
/// let answer = try await DatagramConnection.connect(to: "udp://localhost:5353") { connection in
///     try await connection.send("what time is it?")
///     return try await withDeadline(.after(.seconds(1))) {
///         try await connection.receive(into: &memory)
///     }
/// }
/// ```
///
/// Any task and thread may call; see ``DatagramTransport`` for who may do what at the same time. An
/// error that the network reports of the peer, like a port where nobody listens, is thrown once, by
/// the first operation after the loop or the operation itself has taken it over from the kernel; that
/// operation has sent and consumed nothing, and the connection can be used on.
public final class DatagramConnection: DatagramTransport {
    let core: MessageSocket

    /// The peer.
    public let peerAddress: SocketAddress

    init(_ core: MessageSocket, peer: SocketAddress) {
        self.core = core
        peerAddress = peer
    }

    deinit { close() }

    /// The loop whose thread its events arrive on.
    public var loop: EventLoop { core.socket.loop }

    /// This end's address: getsockname(2), asked each time.
    public var localAddress: SocketAddress? { core.localAddress }

    /// Receives one datagram of the peer's into memory of the caller's: recvmsg(2).
    ///
    /// See ``DatagramTransport/receive(into:)``.
    public func receive(
        into memory: inout MutableRawSpan
    ) async throws(SocketError) -> ReceivedDatagram {
        try await core.receive(into: &memory)
    }

    /// Receives the datagrams that are there, at least one, as many as the batch holds: recvmmsg(2).
    ///
    /// What was in the batch is dropped. Cancellation and deadlines: total.
    public func receive(into batch: inout DatagramBatch) async throws(SocketError) {
        try await core.receive(into: &batch)
    }

    /// Sends one datagram to the peer: sendmsg(2).
    ///
    /// See ``DatagramTransport/send(_:)``.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try await core.send(bytes, to: nil, metadata: DatagramMetadata())
    }

    /// Sends one datagram to the peer in a way of its own: sendmsg(2).
    ///
    /// Like ``send(_:)-(RawSpan)``. With ``DatagramMetadata/segmentSize`` the kernel cuts the bytes into
    /// datagrams of that size.
    public func send(_ bytes: RawSpan, metadata: DatagramMetadata) async throws(SocketError) {
        try await core.send(bytes, to: nil, metadata: metadata)
    }

    /// Sends every datagram of a batch: sendmmsg(2).
    ///
    /// The batch is empty afterwards. After an error it holds what was not sent, and
    /// ``SocketError/transferredCount`` says how many were; so too after cancellation and a deadline.
    public func send(_ batch: inout DatagramBatch) async throws(SocketError) {
        try await core.send(&batch)
    }

    /// The largest packet the path to the peer takes, as far as is known, in bytes with the IP
    /// header (IP_MTU, IPV6_MTU).
    public var pathMTU: Int {
        get throws(SocketError) { try core.getOption(.pathMTU) }
    }

    /// What the socket has done.
    public func statistics() -> DatagramStatistics { core.statistics() }

    /// Sets an option: setsockopt(2).
    public func set<Value>(
        _ option: SocketOption<Value>,
        to value: Value
    ) throws(SocketError) {
        try core.setOption(option, to: value)
    }

    /// Reads an option: getsockopt(2).
    public func get<Value>(_ option: SocketOption<Value>) throws(SocketError) -> Value {
        try core.getOption(option)
    }

    /// Closes; waiting operations fail with ``SocketError/Code/closed``.
    public func close() { core.socket.close() }
}
