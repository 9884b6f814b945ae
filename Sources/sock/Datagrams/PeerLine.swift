import Sockets
import Synchronization

/// Datagrams with one of the peers that talk to a bound socket.
///
/// It begins with the peer's first datagram. It ends when the peer has been forgotten, and for good
/// with ``close()``: what the peer sends after that begins another.
final class PeerLine: ConversationLine {
    /// Bytes of one peer that wait to be read; what comes then is dropped and counted.
    ///
    /// Arbitrary: several of a socket's usual receive buffers.
    static let queuedSizeLimit = 1 << 20

    /// What a datagram that waits counts besides its bytes.
    ///
    /// About what it takes in memory.
    static let queuedOverhead = 128

    struct State {
        var traffic = Traffic(datagrams: .init())
        var lastMoved = ContinuousClock.now
        var isClosed = false
    }

    let address: SocketAddress
    private let hub: DatagramHub
    private let state = Lock(State())
    private let pieces: AsyncStream<Result<[UInt8], SocketError>>
    private let arrivals: AsyncStream<Result<[UInt8], SocketError>>.Continuation
    private let queuedSize = Atomic<Int>(0)

    init(_ address: SocketAddress, of hub: DatagramHub) {
        self.address = address
        self.hub = hub
        (pieces, arrivals) = AsyncStream<Result<[UInt8], SocketError>>.makeStream()
    }

    // Whoever has not read the rest does not any more.
    deinit { hub.leaveQueue(queuedSize.load(ordering: .relaxed)) }

    static var isDatagram: Bool { true }
    /// A Unix socket without a name can send, but not be sent to.
    var isAnswerable: Bool { address != .unix(.unnamed) }
    var loop: EventLoop { hub.socket.loop }
    var localEndpoint: Endpoint? { Endpoint(hub.socket.localAddress, isDatagram: true) }
    var peerEndpoint: Endpoint { Endpoint(address, isDatagram: true) }
    var traffic: Traffic { state.withLock { $0.traffic } }

    /// How long nothing has moved.
    var silence: Duration { state.withLock { $0.lastMoved }.duration(to: .now) }

    // MARK: For the hub

    /// Queues a datagram that came, if there is room.
    func offer(_ datagram: [UInt8]) {
        let size = datagram.count + Self.queuedOverhead
        let isRoom =
            queuedSize.load(ordering: .relaxed) + size <= Self.queuedSizeLimit
            && hub.enterQueue(size)
        state.withLock { state in
            state.lastMoved = .now
            if !isRoom { state.traffic.datagrams?.droppedCount += 1 }
        }
        guard isRoom else { return }
        queuedSize.add(size, ordering: .relaxed)
        arrivals.yield(.success(datagram))
    }

    /// Makes the receive after those that are queued fail, and end.
    func fail(_ error: SocketError) {
        arrivals.yield(.failure(error))
        arrivals.finish()
    }

    /// Nothing more comes.
    func end() { arrivals.finish() }

    // MARK: For the conversation

    func receivePiece() async throws(SocketError) -> [UInt8]? {
        var next = pieces.makeAsyncIterator()
        guard let piece = await next.next() else {
            if Task.isCancelled { throw failure(.cancelled, .receive) }
            return nil
        }
        let bytes = try piece.get()
        let size = bytes.count + Self.queuedOverhead
        queuedSize.subtract(size, ordering: .relaxed)
        hub.leaveQueue(size)
        state.withLock { state in
            state.traffic.receivedSize += bytes.count
            state.traffic.datagrams?.receivedCount += 1
        }
        return bytes
    }

    func sendPiece(_ piece: [UInt8]) async throws(SocketError) {
        guard isAnswerable else {
            throw failure(.notConnected, .send, "it has no address to answer to")
        }
        try await hub.send(piece, to: address)
        state.withLock { state in
            state.traffic.sentSize += piece.count
            state.traffic.datagrams?.sentCount += 1
            state.lastMoved = .now
        }
    }

    func finish() {}
    func reset() { end() }
    func close() {
        end()
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        if isFirst { hub.leave(self) }
    }

    var idleError: SocketError { failure(.idleLimit, .receive) }

    private func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        _ detail: String? = nil
    ) -> SocketError {
        SocketError(
            code,
            in: operation,
            local: hub.socket.localAddress,
            peer: address,
            over: .udp,
            detail: detail
        )
    }
}
