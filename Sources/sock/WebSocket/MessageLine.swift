import HTTP
import Sockets
import WebSocketCodec

/// A WebSocket as a conversation: each piece is one message.
///
/// A text is a line: it is received with a newline at its end, and sent without the one it has, so
/// that lines and texts are each other's picture. What is binary is left as it is.
final class MessageLine: ConversationLine {
    /// What is sent.
    enum Sending {
        /// Each line as a text.
        case lines
        /// What is given at once as a binary message.
        case reads
        /// What was received last, as the kind of message that it was.
        case mirrored
    }

    struct State {
        var traffic = Traffic(datagrams: .init(noun: "message"))
        var lines = DatagramLines(limit: WebSocketOptions.messageSizeLimit)
        var lastKind = WebSocketConnection.MessageKind.text
        var lastReceived = ContinuousClock.now
        var isClosed = false
    }

    private let socket: WebSocketConnection
    private let carrier: WebSocketCarrier
    private let sending: Sending
    private let wait: Duration
    private let announcer: Announcer
    private let state = Lock(State())

    init(
        _ socket: WebSocketConnection,
        over carrier: WebSocketCarrier,
        sending: Sending,
        wait: Duration,
        _ announcer: Announcer
    ) {
        self.socket = socket
        self.carrier = carrier
        self.sending = sending
        self.wait = wait
        self.announcer = announcer
    }

    static var isDatagram: Bool { true }
    static var hasEnd: Bool { true }
    // A close frame ends both ways (RFC 6455 §7.1.2).
    static var hasHalfClose: Bool { false }
    var carryingConnection: StreamConnection? { transport }
    static var pieceSizeLimit: Int { WebSocketOptions.messageSizeLimit }

    /// What carries it.
    var transport: StreamConnection { carrier.transport }
    /// What was received last.
    var lastKind: WebSocketConnection.MessageKind { state.withLock { $0.lastKind } }

    var isAnswerable: Bool { true }
    var loop: EventLoop { transport.loop }
    var localEndpoint: Endpoint? { carrier.localEndpoint }
    var peerEndpoint: Endpoint { carrier.peerEndpoint }
    var traffic: Traffic { state.withLock { $0.traffic } }
    var idleError: SocketError { carrier.transport.idleError }

    var remark: String? {
        let words = [carrier.tlsSummary, socket.subprotocol.map { "subprotocol \($0.printable)" }]
        let said = words.compactMap { $0 }
        return said.isEmpty ? nil : said.joined(separator: ", ")
    }

    // MARK: Receiving

    func receivePiece() async throws(SocketError) -> [UInt8]? {
        let message: (kind: WebSocketConnection.MessageKind, piece: [UInt8])?
        do {
            message = try await socket.receive { kind, bytes in
                var piece = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
                if kind == .text { piece.append(UInt8(ascii: "\n")) }
                return (kind, piece)
            }
        } catch {
            throw carrier.error(error, in: .receive)
        }
        guard let (kind, piece) = message else {
            try conclude()
            return nil
        }
        state.withLock { state in
            state.traffic.receivedSize += piece.count
            state.traffic.datagrams?.receivedCount += 1
            state.lastKind = kind
            state.lastReceived = .now
        }
        return piece
    }

    /// Tells how the peer has closed; an error of its is one of the conversation.
    private func conclude() throws(SocketError) {
        guard let close = socket.closure else { return }
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        if isFirst { announcer.tell(.control(peerEndpoint, .close(close))) }
        guard close.isOrderly else {
            throw carrier.failure(.unexpectedEnd, .receive, "the peer closed: \(close.words)")
        }
    }

    // MARK: Sending

    func pieces(of bytes: [UInt8]) throws(SocketError) -> [[UInt8]] {
        guard case .lines = sending else { return [bytes] }
        return try whole(state.withLock { $0.lines.take(bytes) })
    }

    func lastPieces() throws(SocketError) -> [[UInt8]] {
        try whole(state.withLock { $0.lines.finish() })
    }

    private func whole(_ lines: [DatagramLines.Line]) throws(SocketError) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        for line in lines {
            switch line {
            case .whole(let bytes): pieces.append(bytes)
            case .tooLong(let size):
                throw carrier.failure(
                    .messageTooLarge,
                    .send,
                    "a line of \(size) bytes, and the limit is \(Self.pieceSizeLimit)"
                )
            }
        }
        return pieces
    }

    func sendPiece(_ piece: [UInt8]) async throws(SocketError) {
        try await send(piece, as: sentKind)
    }

    /// Sends a piece as a message of a kind.
    func send(
        _ piece: [UInt8],
        as kind: WebSocketConnection.MessageKind
    ) async throws(SocketError) {
        do {
            switch kind {
            case .text: try await socket.send(try text(of: piece))
            case .binary: try await socket.send(piece)
            }
        } catch let error as SocketError where error.code == .closed {
            throw carrier.failure(.brokenPipe, .send, "the websocket is closed")
        } catch {
            throw carrier.error(error, in: .send)
        }
        state.withLock { state in
            state.traffic.sentSize += piece.count
            state.traffic.datagrams?.sentCount += 1
        }
    }

    private var sentKind: WebSocketConnection.MessageKind {
        switch sending {
        case .lines: .text
        case .reads: .binary
        case .mirrored: lastKind
        }
    }

    private func text(of piece: [UInt8]) throws(SocketError) -> String {
        let line = piece.last == UInt8(ascii: "\n") ? piece.dropLast() : piece[...]
        guard let text = String(validating: line, as: UTF8.self) else {
            throw carrier.failure(
                .invalidArgument,
                .send,
                "a line that is not UTF-8, which a text must be: --binary sends anything"
            )
        }
        return text
    }

    // MARK: Closing

    /// Closes, when nothing has come for a while: a peer does not answer any more after that.
    func finish() async throws(SocketError) {
        let start = ContinuousClock.now
        while socket.closure == nil {
            let end = max(start, state.withLock { $0.lastReceived }) + wait
            if end <= .now { break }
            try await loop.sleep(until: .at(end))
        }
        await socket.close(.normal)
    }

    func reset() { carrier.stream.reset() }
    func close() { carrier.stream.close() }
}
