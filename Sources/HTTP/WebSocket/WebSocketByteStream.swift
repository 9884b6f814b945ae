public import Sockets
internal import WebSocketCodec

/// A WebSocket as a stream of bytes: the payloads of its binary messages, one behind the other.
///
/// For what is spoken over any stream, and has to get through where only HTTP does: sessions, for
/// example.
///
/// ```swift
/// let socket = try await WebSocketConnection.connect(over: stream, host: "localhost:8080")
/// let bytes = WebSocketByteStream(socket)
/// try await bytes.send("hello\n")
/// ```
/// It keeps the rules of ``Sockets/ByteStream``, but for two that a WebSocket cannot keep. There is no
/// half-close: ``finish()`` sends the close frame, after which the peer sends nothing more, and only what
/// was on its way is still received. And a send that is cancelled, or whose deadline passes, breaks the
/// connection, as half a frame may be out.
///
/// The WebSocket belongs to the stream: nobody else may use it.
public final class WebSocketByteStream: LayeredStream {
    /// What is shared by who receives, who sends and who closes.
    struct State {
        /// Of the last message: what nobody has taken.
        var rest: [UInt8] = []
        /// Where it begins.
        var start = 0
        var isReceiving = false
        var isSending = false
        var isFinished = false
        var isClosed = false
    }

    /// The WebSocket below.
    public let socket: WebSocketConnection
    private let state = Lock(State())

    /// The largest message that is sent.
    ///
    /// 64 KiB: more in one frame saves nothing, and a receiver has to hold a message as a whole.
    private static let messageSizeLimit = 65_536

    /// A stream over a WebSocket of which no message was received.
    public init(_ socket: WebSocketConnection) { self.socket = socket }

    /// The stream below the WebSocket.
    public var lowerStream: any ByteStream { socket.stream }

    // MARK: Receiving

    /// Receives into memory of the caller's.
    ///
    /// Zero is the end: the peer has closed, and not because of an error. Cancellation and deadlines: total.
    ///
    /// - Throws: `SocketError` with `reset` when the peer closes with an error; `malformed` for a text
    ///   message, and when it breaks RFC 6455; the transport's own.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try enterReceiving()
        defer { state.withLock { $0.isReceiving = false } }
        guard try await fill() else { return 0 }
        let bytes = take(upTo: memory.byteCount)
        unsafe memory.withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes) }
        return bytes.count
    }

    /// Receives and appends to a buffer.
    ///
    /// As the other form. An empty buffer owns no memory while this waits.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        try enterReceiving()
        defer { state.withLock { $0.isReceiving = false } }
        guard buffer.count < buffer.limit else {
            throw SocketError(
                .limitExceeded,
                in: .receive,
                detail: "the buffer's limit of \(buffer.limit) bytes"
            )
        }
        guard try await fill() else { return 0 }
        let bytes = take(upTo: buffer.limit - buffer.count)
        buffer.append(bytes)
        return bytes.count
    }

    private func enterReceiving() throws(SocketError) {
        try state.withLock { state throws(SocketError) in
            if state.isClosed { throw SocketError(.closed, in: .receive) }
            if state.isReceiving { throw SocketError(.busy, in: .receive) }
            state.isReceiving = true
        }
    }

    /// Waits until there is something to take; false at the end.
    private func fill() async throws(SocketError) -> Bool {
        while state.withLock({ $0.start == $0.rest.count }) {
            let message: (kind: WebSocketConnection.MessageKind, bytes: [UInt8])?
            do {
                message = try await socket.receive { kind, bytes in
                    (kind, unsafe bytes.withUnsafeBytes { unsafe Array($0) })
                }
            } catch {
                throw failure(error, in: .receive)
            }
            guard let (kind, bytes) = message else { return try end() }
            guard kind == .binary else {
                try? await socket.beginClosing(.unsupportedData)
                throw SocketError(
                    .malformed,
                    in: .receive,
                    detail: "a text message in a stream of bytes"
                )
            }
            state.withLock { state in
                state.rest = bytes
                state.start = 0
            }
        }
        return true
    }

    /// Always false: how the peer has closed.
    private func end() throws(SocketError) -> Bool {
        if state.withLock({ $0.isClosed }) { throw SocketError(.closed, in: .receive) }
        guard let close = socket.closure, !close.isOrderly else { return false }
        throw SocketError(.reset, in: .receive, detail: "the peer closed: \(close.code)")
    }

    private func take(upTo limit: Int) -> [UInt8] {
        state.withLock { state in
            let end = min(state.rest.count, state.start + limit)
            guard state.start > 0 || end < state.rest.count else {
                defer { state.rest = [] }
                return state.rest
            }
            let bytes = Array(state.rest[state.start..<end])
            state.start = end
            if end == state.rest.count { (state.rest, state.start) = ([], 0) }
            return bytes
        }
    }

    // MARK: Sending

    /// Sends all bytes, in binary messages of at most 64 KiB.
    ///
    /// Cancellation and deadlines: the connection is broken then;
    /// ``Sockets/SocketError/transferredCount`` counts bytes of whole messages.
    ///
    /// - Throws: `SocketError` with `brokenPipe` when either end has closed; the transport's own.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        try state.withLock { state throws(SocketError) in
            if state.isClosed { throw SocketError(.closed, in: .send) }
            if state.isFinished { throw SocketError(.brokenPipe, in: .send) }
            if state.isSending { throw SocketError(.busy, in: .send) }
            state.isSending = true
        }
        defer { state.withLock { $0.isSending = false } }
        var count = 0
        while count < bytes.byteCount {
            let size = min(Self.messageSizeLimit, bytes.byteCount - count)
            do {
                try await socket.send(bytes.extracting(count..<count + size))
            } catch {
                throw failure(error, in: .send, transferred: count)
            }
            count += size
        }
    }

    /// Sends the close frame: neither end sends anything more, and what was on its way is still received.
    ///
    /// Repeating it does nothing.
    public func finish() async throws(SocketError) {
        try state.withLock { state throws(SocketError) in
            if state.isClosed { throw SocketError(.closed, in: .finish) }
            if state.isSending { throw SocketError(.busy, in: .finish) }
            state.isFinished = true
        }
        do throws(SocketError) {
            try await socket.beginClosing(.normal)
        } catch {
            throw failure(error, in: .finish)
        }
    }

    // MARK: Closing

    /// Closes the stream below, without a close frame if there was none.
    public func close() {
        state.withLock { $0.isClosed = true }
        socket.stream.close()
    }

    /// Resets the stream below.
    public func reset() {
        state.withLock { $0.isClosed = true }
        socket.stream.reset()
    }

    /// Any error of a WebSocket as one of a stream.
    private func failure(
        _ error: any Error,
        in operation: SocketError.Operation,
        transferred count: Int = 0
    ) -> SocketError {
        if state.withLock({ $0.isClosed }) {
            return SocketError(.closed, in: operation, transferredCount: count)
        }
        guard let error = error as? SocketError else {
            return SocketError(.malformed, in: operation, detail: "\(error)")
        }
        // The peer has closed the WebSocket, and this end has not closed the stream.
        let isClosedByPeer = operation == .send && error.code == .closed
        return SocketError(
            isClosedByPeer ? .brokenPipe : error.code,
            in: operation,
            local: error.localAddress,
            peer: error.peerAddress,
            errno: error.errno,
            transferredCount: count,
            detail: error.detail
        )
    }
}

extension WebSocketClose {
    /// Whether the peer just had no more to say.
    fileprivate var isOrderly: Bool { code == .normal || code == .goingAway || code == .noStatus }
}
