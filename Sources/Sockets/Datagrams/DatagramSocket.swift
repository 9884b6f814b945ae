/// A datagram socket with a local address, which sends to anyone and receives from anyone: UDP
/// (udp(7)) or Unix datagrams (unix(7)).
///
/// ```swift
/// try await DatagramSocket.bind(to: "udp://127.0.0.1:5353") { socket in
///     var memory = [UInt8](repeating: 0, count: 2048)
///     while true {
///         let datagram = try await socket.receive(into: &memory)
///         try await socket.send("\(datagram.size) bytes\n", to: datagram.source)
///     }
/// }
/// ```
///
/// Any task and thread may call. One task receives and one sends at a time; another gets
/// ``SocketError/Code/busy``. An error the network reports of a datagram sent earlier never ends an
/// operation: it is kept for ``receiveError()``. It is closed by its scope, by ``close()``, or at the
/// latest when nothing refers to it any more.
public final class DatagramSocket: Sendable {
    let core: MessageSocket
    private let file: UnixSocketFile?

    /// The address others send to: getsockname(2), so the real port when 0 was asked for.
    public let localAddress: SocketAddress

    init(_ core: MessageSocket, requested: SocketAddress) {
        self.core = core
        localAddress = core.localAddress ?? requested
        file = UnixSocketFile(boundTo: requested)
    }

    deinit { close() }

    /// The loop whose thread its events arrive on.
    public var loop: EventLoop { core.socket.loop }

    // MARK: Receiving

    /// Receives one datagram into memory of the caller's: recvmsg(2).
    ///
    /// A datagram of no bytes is a datagram; there is no end. One that is larger than the memory is
    /// cut off, and the result says so. Cancellation and deadlines: total (no datagram is consumed).
    public func receive(
        into memory: inout MutableRawSpan
    ) async throws(SocketError) -> ReceivedDatagram {
        try await core.receive(into: &memory)
    }

    /// Receives one datagram into an array, as much as its size holds.
    ///
    /// Like ``receive(into:)-(MutableRawSpan)``; the array keeps its size, and what is behind the
    /// datagram stays.
    public func receive(into memory: inout [UInt8]) async throws(SocketError) -> ReceivedDatagram {
        var elements = memory.mutableSpan
        var bytes = unsafe elements.mutableBytes
        return try await core.receive(into: &bytes)
    }

    /// Receives the datagrams that are there, at least one, as many as the batch holds: recvmmsg(2).
    ///
    /// What was in the batch is dropped. Cancellation and deadlines: total.
    public func receive(into batch: inout DatagramBatch) async throws(SocketError) {
        try await core.receive(into: &batch)
    }

    // MARK: Sending

    /// Sends a datagram to an address: sendmsg(2).
    ///
    /// Waits while the socket's buffer is full. Cancellation and deadlines: total (it was not sent).
    ///
    /// - Parameters:
    ///   - bytes: The datagram; none are a datagram too.
    ///   - address: Whom it is for.
    ///   - metadata: How it is to be sent.
    /// - Throws: ``SocketError``; with ``SocketError/Code/messageTooLarge`` the detail says what the
    ///   limit is.
    public func send(
        _ bytes: RawSpan,
        to address: SocketAddress,
        metadata: DatagramMetadata = DatagramMetadata()
    ) async throws(SocketError) {
        try await core.send(bytes, to: address, metadata: metadata)
    }

    /// Sends a text as one datagram.
    ///
    /// Like ``send(_:to:metadata:)-(RawSpan,_,_)``.
    public func send(
        _ text: String,
        to address: SocketAddress,
        metadata: DatagramMetadata = DatagramMetadata()
    ) async throws(SocketError) {
        try await unsafe core.send(text.utf8Span.span.bytes, to: address, metadata: metadata)
    }

    /// Sends every datagram of a batch to its address: sendmmsg(2).
    ///
    /// Received datagrams go back to where they came from. The batch is empty afterwards. One that
    /// this machine refuses to send is skipped and reported by ``receiveError()``. After another
    /// error the batch holds what was not sent, and ``SocketError/transferredCount`` says how many
    /// were; so too after cancellation and a deadline.
    public func send(_ batch: inout DatagramBatch) async throws(SocketError) {
        try await core.send(&batch)
    }

    // MARK: Errors

    /// Waits for the next error the network reported of a datagram sent earlier (IP_RECVERR).
    ///
    /// One task at a time. Up to 256 wait to be asked for; what comes then is counted in
    /// ``DatagramStatistics/droppedErrorCount``. Cancellation and deadlines: total. Unix sockets
    /// get only those of ``send(_:)``.
    public func receiveError() async throws(SocketError) -> DatagramError {
        try await core.receiveError()
    }

    /// The next error if one is there, as ``receiveError()`` would return it.
    public func receiveErrorIfReady() -> DatagramError? { core.errors.take() }

    /// The largest packet that this machine sends by the way of the last datagram it refused with
    /// ``SocketError/Code/messageTooLarge``, in bytes with the IP header.
    package var refusedSizeLimit: Int? { core.errors.sizeLimit }

    /// What the socket has done.
    public func statistics() -> DatagramStatistics { core.statistics() }

    // MARK: Options

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

    // MARK: Closing

    /// Closes; waiting operations fail with ``SocketError/Code/closed``.
    ///
    /// The socket file of a Unix path is removed.
    public func close() {
        guard core.socket.close() else { return }
        file?.remove()
    }
}
