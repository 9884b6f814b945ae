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
public final class StreamConnection: ByteStream, SteppedSocket {
    let socket: PolledSocket

    /// The address of the other end; of a Unix client that never bound one, `unix:*`.
    public let peerAddress: SocketAddress

    let received = Counter()
    let sent = Counter()
    let idleNanoseconds = Atomic<Int64>(.max)
    let counters: ListenerCounters?

    let receiving = Streak()
    let sending = Streak()

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

    var idleLimitNanoseconds: Int64 { idleNanoseconds.load(ordering: .relaxed) }

    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        errno: CInt,
        transferred count: Int,
        detail: String?
    ) -> SocketError {
        SocketError(
            code,
            in: operation,
            local: localAddress,
            peer: peerAddress,
            errno: errno,
            transferredCount: count,
            detail: detail
        )
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
                unsafe receiveOnce($0.baseAddress.unsafelyUnwrapped, space)
            }
            if result >= 0 { return endReceive(result, space: space) }
            try await retry(.reading, .receive, after: result)
        }
    }

    /// Receives and appends to a buffer: recv(2).
    ///
    /// See ``ByteStream/receive(into:)-swift.method``.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        try await receive(into: &buffer, by: .never)
    }

    /// As the public form, with a deadline besides the task's: inlined, because its frame is what an
    /// idle connection keeps.
    ///
    /// One place to wait, and what does not wait in functions of its own: their variables are not in
    /// the frame then.
    @inline(__always)
    func receive(
        into buffer: inout ByteBuffer,
        by deadline: Deadline
    ) async throws(SocketError) -> Int {
        var entry = socket.enter(.reading)
        var mayGoOn = mayGoOn(.reading, entry)
        while true {
            if !mayGoOn {
                buffer.releaseMemoryIfEmpty()
                try conclude(await pause(.reading, entry, until: deadline), .reading, .receive)
            }
            if let count = try receiveNow(into: &buffer) { return count }
            entry = .notReady
            mayGoOn = false
        }
    }

    /// One call inside the direction; nil when it would have blocked: then the direction is still held.
    @inline(never)
    private func receiveNow(into buffer: inout ByteBuffer) throws(SocketError) -> Int? {
        guard buffer.makeSpace() else {
            socket.leave(.reading, ready: true)
            throw failure(
                .limitExceeded,
                .receive,
                detail: "the buffer's limit of \(buffer.limit) bytes"
            )
        }
        let (result, space) = unsafe buffer.fill { unsafe receiveOnce($0, $1) }
        if result >= 0 { return endReceive(result, space: space) }
        guard System.wouldBlock(result) else {
            socket.leave(.reading, ready: true)
            throw failure(.receive, errno: result)
        }
        socket.wouldBlock(.reading)
        return nil
    }

    /// recv(2); on a Unix socket recvmsg(2), which tells when it stopped at descriptors that were
    /// passed although more is in the queue.
    @inline(__always)
    func receiveOnce(_ memory: UnsafeMutableRawPointer, _ size: Int) -> Int {
        guard peerAddress.isUnix else {
            return unsafe System.receive(socket.number, memory, size)
        }
        let (result, isBorder) = unsafe System.receiveToBorder(socket.number, memory, size)
        if isBorder { socket.noteBorder() }
        return result
    }

    /// Leaves after a receive of `count` bytes into `space`.
    @inline(__always)
    func endReceive(_ count: Int, space: Int) -> Int {
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
        try await send(bytes, by: .never)
    }

    /// As the public form, with a deadline besides the task's.
    @inline(__always)
    func send(_ bytes: RawSpan, by deadline: Deadline) async throws(SocketError) {
        var entry = socket.enter(.writing)
        var mayGoOn = mayGoOn(.writing, entry)
        var count = 0
        while true {
            if !mayGoOn {
                let pause = await pause(.writing, entry, until: deadline)
                try conclude(pause, .writing, .send, transferred: count)
            }
            if try sendNow(bytes, from: &count) { break }
            entry = .notReady
            mayGoOn = false
        }
        socket.leave(.writing, ready: true)
    }

    /// Sends what the kernel takes at once, without waiting: how much that was.
    ///
    /// Zero also when another task is sending, or when it is the turn of others: the waiting form then
    /// does what is to be done.
    func sendAtOnce(_ bytes: RawSpan) throws(SocketError) -> Int {
        let entry = socket.enter(.writing)
        guard mayGoOn(.writing, entry) else {
            switch entry {
            case .ready: socket.leave(.writing, ready: true)
            case .notReady: socket.leave(.writing, ready: false)
            case .busy, .closed: break
            }
            return 0
        }
        var count = 0
        socket.leave(.writing, ready: try sendNow(bytes, from: &count))
        return count
    }

    /// Sends inside the direction; false when a call would have blocked.
    @inline(__always)
    private func sendNow(_ bytes: RawSpan, from count: inout Int) throws(SocketError) -> Bool {
        while count < bytes.byteCount {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe System.send(
                    socket.number,
                    $0.baseAddress.unsafelyUnwrapped + count,
                    $0.count - count
                )
            }
            guard result >= 0 else {
                guard System.wouldBlock(result) else {
                    socket.leave(.writing, ready: true)
                    throw failure(.send, errno: result, transferred: count)
                }
                socket.wouldBlock(.writing)
                return false
            }
            count += result
            sent.add(result)
            sending.add(result)
        }
        return true
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
}
