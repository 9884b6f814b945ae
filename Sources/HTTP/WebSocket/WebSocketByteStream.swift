public import Sockets

/// A WebSocket as a stream of bytes: the payloads of its binary messages, one behind the other.
///
/// For protocols that mark their own messages, where only a WebSocket gets through: in a browser, or
/// behind a proxy. Where a message ends means nothing; one of text is an error.
///
/// ```swift
/// let socket = try await response.acceptWebSocket()
/// await server.attach(WebSocketByteStream(socket), peer: request.client.peerAddress)
/// ```
/// It keeps the rules of ``Sockets/ByteStream``, but for a send that is cancelled or out of time: a
/// message may be half sent then, and the WebSocket is over.
public final class WebSocketByteStream: LayeredStream {
    /// The WebSocket, which belongs to this: nobody else may receive or send on it.
    public let socket: WebSocketConnection
    /// What has come and was not asked for yet; whoever receives has it.
    private let rest = Lock(WebSocketRest())

    /// A stream over an open WebSocket.
    public init(_ socket: WebSocketConnection) { self.socket = socket }

    deinit { close() }

    /// The stream that carries the frames.
    public var lowerStream: any ByteStream { socket.stream }

    /// Receives into memory of the caller's.
    ///
    /// Zero when the WebSocket was closed. Cancellation and deadlines: total.
    public func receive(into memory: inout MutableRawSpan) async throws(SocketError) -> Int {
        precondition(memory.byteCount > 0, "receiving into no memory")
        try await fill()
        return unsafe memory.withUnsafeMutableBytes { space in
            let piece = take(space.count)
            unsafe space.copyBytes(from: piece)
            return piece.count
        }
    }

    /// Receives and appends to a buffer.
    ///
    /// As the other form.
    public func receive(into buffer: inout ByteBuffer) async throws(SocketError) -> Int {
        guard buffer.count < buffer.limit else {
            throw SocketError(
                .limitExceeded,
                in: .receive,
                detail: "the buffer's limit of \(buffer.limit) bytes"
            )
        }
        try await fill()
        let piece = take(buffer.limit - buffer.count)
        buffer.append(Array(piece))
        return piece.count
    }

    /// Sends the bytes as one binary message.
    public func send(_ bytes: RawSpan) async throws(SocketError) {
        guard bytes.byteCount > 0 else { return }
        let payload = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        do {
            try await socket.send(payload)
        } catch {
            throw Self.explained(error, .send)
        }
    }

    /// Closes the WebSocket in good order: it has no half-close.
    ///
    /// What the other end still sends is thrown away while its close frame is awaited.
    public func finish() async throws(SocketError) { await socket.close() }

    /// Closes the connection without a close frame.
    public func close() { socket.stream.close() }

    /// Resets the connection.
    public func reset() { socket.stream.reset() }

    /// Waits for a message unless some of one is left.
    private func fill() async throws(SocketError) {
        do {
            while rest.withLock({ $0.isEmpty }) {
                let message: [UInt8]? = try await socket.receive {
                    (kind, payload: RawSpan) throws -> [UInt8] in
                    guard kind == .binary else {
                        throw SocketError(.malformed, in: .receive, detail: "a message of text")
                    }
                    return unsafe payload.withUnsafeBytes { unsafe Array($0) }
                }
                // An empty message is nothing, and not the end.
                guard let message else { return }
                rest.withLock { $0 = WebSocketRest(message) }
            }
        } catch {
            throw Self.explained(error, .receive)
        }
    }

    private func take(_ limit: Int) -> ArraySlice<UInt8> {
        rest.withLock { $0.take(limit) }
    }

    private static func explained(
        _ error: any Error,
        _ operation: SocketError.Operation
    ) -> SocketError {
        (error as? SocketError) ?? SocketError(.malformed, in: operation, detail: "\(error)")
    }
}

/// What is left of a message.
struct WebSocketRest {
    private var bytes: [UInt8] = []
    private var offset = 0

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    var isEmpty: Bool { offset == bytes.count }

    mutating func take(_ limit: Int) -> ArraySlice<UInt8> {
        let end = min(bytes.count, offset + limit)
        defer {
            offset = end
            if end == bytes.count { self = WebSocketRest() }
        }
        return bytes[offset..<end]
    }
}
