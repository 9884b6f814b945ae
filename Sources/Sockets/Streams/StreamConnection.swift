internal import Synchronization

/// A connected stream socket: TCP or Unix (socket(7), SOCK_STREAM).
///
/// It comes from ``StreamListener/accept()``, ``StreamListener/serve(_:)`` or
/// ``connect(to:on:options:_:)``, and is closed on every path: by the scope it was made for, by
/// ``close()``, or at the latest when nothing refers to it any more.
///
/// ```swift
/// try await StreamConnection.connect(to: "localhost:12345") { connection in
///     try await connection.send("hello\n")
/// }
/// ```
///
/// Any task and thread may call; see ``ByteStream`` for who may do what at the same time.
public final class StreamConnection: ByteStream {
    let socket: PolledSocket

    /// The address of the other end; of a Unix client that never bound one, `unix:*`.
    public let peerAddress: SocketAddress

    let received = Counter()
    let sent = Counter()
    private let idleNanoseconds = Atomic<Int64>(.max)
    private let counters: ListenerCounters?

    private let receiving = Streak()
    private let sending = Streak()

    init(
        _ socket: PolledSocket,
        peerAddress: SocketAddress,
        counters: ListenerCounters? = nil
    ) {
        self.socket = socket
        self.peerAddress = peerAddress
        self.counters = counters
        counters?.connectionOpened()
    }

    deinit { close() }

    /// The loop whose thread its events arrive on.
    public var loop: EventLoop { socket.loop }

    /// This end's address: getsockname(2), asked each time.
    public var localAddress: SocketAddress? {
        socket.withNumber { System.localAddress($0) } ?? nil
    }

    /// How long an operation may wait without a byte moving before it fails with
    /// ``SocketError/Code/idleLimit``; nil for ever, as it is at first.
    public var idleLimit: Duration? {
        get {
            let limit = idleNanoseconds.load(ordering: .relaxed)
            return limit == .max ? nil : .nanoseconds(limit)
        }
        set {
            let limit = newValue.map { max(0, $0.clampedNanoseconds) } ?? .max
            idleNanoseconds.store(limit, ordering: .relaxed)
        }
    }

    /// What the connection has moved.
    public func statistics() -> StreamConnectionStatistics {
        StreamConnectionStatistics(receivedSize: received.count, sentSize: sent.count)
    }

    // MARK: Receiving

    /// Receives into memory of the caller's: recv(2).
    ///
    /// See ``ByteStream/receive(into:)-swift.method``.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try await enter(.reading, .receive)
        while true {
            let space = memory.byteCount
            let result = unsafe memory.withUnsafeMutableBytes {
                unsafe System.receive(socket.number, $0.baseAddress.unsafelyUnwrapped, space)
            }
            if result >= 0 { return endReceive(result, space: space) }
            try await retry(.reading, .receive, after: result)
        }
    }

    /// Receives and appends to a buffer: recv(2).
    ///
    /// See ``ByteStream/receive(into:)-swift.method``.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        switch socket.enter(.reading) {
        case .ready:
            if System.isCancelled { throw abandon(.reading, .receive, .cancelled) }
            if receiving.isOver { try await endTurn(.reading, .receive) }
        case .notReady:
            buffer.releaseMemoryIfEmpty()
            try await wait(.reading, .receive)
        case .busy: throw failure(.busy, .receive)
        case .closed: throw failure(.closed, .receive)
        }
        while true {
            guard buffer.makeSpace() else {
                socket.leave(.reading, ready: true)
                throw failure(
                    .limitExceeded,
                    .receive,
                    detail: "the buffer's limit of \(buffer.limit) bytes"
                )
            }
            let (result, space) = unsafe buffer.fill {
                unsafe System.receive(socket.number, $0, $1)
            }
            if result >= 0 { return endReceive(result, space: space) }
            buffer.releaseMemoryIfEmpty()
            try await retry(.reading, .receive, after: result)
        }
    }

    /// Leaves after a receive of `count` bytes into `space`.
    @inline(__always)
    private func endReceive(_ count: Int, space: Int) -> Int {
        received.add(count)
        receiving.add(count)
        // Shorter than asked: the queue is empty, and the next call need not find out. The end of
        // the stream stays ready.
        let more = count == space || count == 0 || !socket.shortReceiveMeansEmpty
        socket.leave(.reading, ready: more)
        return count
    }

    // MARK: Sending

    /// Sends all bytes: send(2) until everything is in the kernel's buffer.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try await enter(.writing, .send)
        var count = 0
        while count < bytes.byteCount {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe System.send(
                    socket.number,
                    $0.baseAddress.unsafelyUnwrapped + count,
                    $0.count - count
                )
            }
            if result >= 0 {
                count += result
                sent.add(result)
                sending.add(result)
            } else {
                try await retry(.writing, .send, after: result, transferred: count)
            }
        }
        socket.leave(.writing, ready: true)
    }

    /// Sends all bytes of a buffer and consumes them as they go: after a failure the buffer holds
    /// what was not sent.
    public func send(_ buffer: inout ByteBuffer) async throws(SocketError) {
        try await enter(.writing, .send)
        var count = 0
        while !buffer.isEmpty {
            let contents = unsafe buffer.contents
            let result = unsafe System.send(
                socket.number,
                contents.baseAddress.unsafelyUnwrapped,
                contents.count
            )
            if result >= 0 {
                buffer.consume(result)
                count += result
                sent.add(result)
                sending.add(result)
            } else {
                try await retry(.writing, .send, after: result, transferred: count)
            }
        }
        socket.leave(.writing, ready: true)
    }

    // MARK: Closing

    /// Half-close: shutdown(2) with SHUT_WR, after everything sent so far.
    public func finish() async throws(SocketError) {
        try await enter(.writing, .finish)
        let result = System.shutdownSending(socket.number)
        socket.leave(.writing, ready: true)
        // "Not connected": both sides have finished, so there is nothing left to do.
        if result < 0, !System.isNotConnected(result) { throw failure(.finish, errno: result) }
    }

    /// Closes: close(2), once no operation of ours is in the kernel with it.
    ///
    /// Bytes in the kernel's buffer are still delivered.
    public func close() {
        guard socket.close() else { return }
        counters?.connectionClosed(received: received.count, sent: sent.count)
    }

    /// Closes with a reset (SO_LINGER of zero).
    public func reset() {
        _ = socket.withNumber { System.setLinger($0, seconds: 0) }
        close()
    }

    // MARK: Steps of an operation

    /// Takes a direction and waits until it is likely to be ready.
    @inline(__always)
    func enter(
        _ direction: Direction,
        _ operation: SocketError.Operation
    ) async throws(SocketError) {
        switch socket.enter(direction) {
        case .ready:
            if System.isCancelled { throw abandon(direction, operation, .cancelled) }
            if direction == .reading ? receiving.isOver : sending.isOver {
                try await endTurn(direction, operation)
            }
        case .notReady: try await wait(direction, operation)
        case .busy: throw failure(.busy, operation)
        case .closed: throw failure(.closed, operation)
        }
    }

    /// After a call that failed: waits when it would have blocked, or leaves and throws.
    func retry(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        after result: Int,
        transferred count: Int = 0
    ) async throws(SocketError) {
        guard System.wouldBlock(result) else {
            socket.leave(direction, ready: true)
            throw failure(operation, errno: result, transferred: count)
        }
        socket.wouldBlock(direction)
        try await wait(direction, operation, transferred: count)
    }

    /// Waits inside a direction; leaves it when it throws.
    func wait(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        transferred count: Int = 0
    ) async throws(SocketError) {
        if direction == .reading { receiving.end() } else { sending.end() }
        let deadline = Deadline.current
        let idle = idleNanoseconds.load(ordering: .relaxed)
        let idleEnd = idle == .max ? Deadline.never : .after(.nanoseconds(idle))
        switch await socket.wait(direction, until: min(deadline, idleEnd)) {
        case .ready: return
        case .closed: throw abandon(direction, operation, .closed, transferred: count)
        case .cancelled: throw abandon(direction, operation, .cancelled, transferred: count)
        case .deadlinePassed:
            let code: SocketError.Code = deadline <= idleEnd ? .deadlinePassed : .idleLimit
            throw abandon(direction, operation, code, transferred: count)
        case .failed(let errno):
            socket.leave(direction, ready: false)
            throw failure(operation, errno: -Int(errno), transferred: count)
        }
    }

    /// After a long streak without waiting: lets the other connections of the loop go first, and
    /// looks at the deadline, which an operation that never waits would not meet otherwise.
    func endTurn(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        transferred count: Int = 0
    ) async throws(SocketError) {
        if direction == .reading { receiving.end() } else { sending.end() }
        if Deadline.current.hasPassed {
            throw abandon(direction, operation, .deadlinePassed, transferred: count)
        }
        if loop.isCurrent { await loop.yield() }
    }

    private func abandon(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        _ code: SocketError.Code,
        transferred count: Int = 0
    ) -> SocketError {
        // "Ready": nothing was learnt of the queue, so the next call finds out by itself.
        socket.leave(direction, ready: true)
        return failure(code, operation, transferred: count)
    }

    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        transferred count: Int = 0,
        detail: String? = nil
    ) -> SocketError {
        SocketError(
            code,
            in: operation,
            local: localAddress,
            peer: peerAddress,
            transferredCount: count,
            detail: detail
        )
    }

    func failure(
        _ operation: SocketError.Operation,
        errno result: Int,
        transferred count: Int = 0
    ) -> SocketError {
        let errno = CInt(truncatingIfNeeded: -result)
        return SocketError(
            .init(errno: errno),
            in: operation,
            local: localAddress,
            peer: peerAddress,
            errno: errno,
            transferredCount: count
        )
    }
}
