import HTTP
import Relays
import Sockets

/// A line as the end of a relay: TLS, or datagrams.
final class LineEnd<Line: ConversationLine>: RelayEnd {
    private let line: Line
    let carrier: StreamConnection?

    init(_ line: Line, over carrier: StreamConnection?) {
        self.line = line
        self.carrier = carrier
    }

    var loop: EventLoop? { line.loop }
    var isDatagram: Bool { line.isDatagram }
    var hasHalfClose: Bool { Line.hasHalfClose }
    var pieceSizeLimit: Int { Line.pieceSizeLimit }

    func receive() async throws(SocketError) -> RelayPiece? {
        guard let bytes = try await line.receivePiece() else { return nil }
        return RelayPiece(bytes, line.isDatagram ? .datagram : .stream)
    }

    func send(_ piece: RelayPiece) async throws(SocketError) {
        try await line.sendPiece(piece.bytes)
    }

    func finish() async throws(SocketError) { try await line.finish() }

    func drop() async {
        guard let carrier else { return line.close() }
        await StreamEnd(carrier).drop()
    }

    func reset() { line.reset() }
    func close() { line.close() }
}

/// A WebSocket as the end of a relay.
///
/// Messages of another WebSocket stay what they are. Of a stream, each line is a text, or each read a
/// binary message; a datagram is a binary message.
final class MessageEnd: RelayEnd {
    private let line: MessageLine

    init(_ line: MessageLine) { self.line = line }

    var loop: EventLoop? { line.loop }
    var carrier: StreamConnection? { line.transport }
    var isDatagram: Bool { false }
    var hasHalfClose: Bool { false }
    var pieceSizeLimit: Int { .max }

    func receive() async throws(SocketError) -> RelayPiece? {
        guard let bytes = try await line.receivePiece() else { return nil }
        return RelayPiece(bytes, line.lastKind == .text ? .text : .binary)
    }

    func send(_ piece: RelayPiece) async throws(SocketError) {
        switch piece.kind {
        case .text: try await line.send(piece.bytes, as: .text)
        case .binary, .datagram: try await line.send(piece.bytes, as: .binary)
        case .stream:
            for piece in try line.pieces(of: piece.bytes) { try await line.sendPiece(piece) }
        }
    }

    func finish() async throws(SocketError) {
        for piece in try line.lastPieces() { try await line.sendPiece(piece) }
        try await line.finish()
    }

    func drop() async { await StreamEnd(line.transport).drop() }
    func reset() { line.reset() }
    func close() { line.close() }
}

extension ConversationLine {
    /// The stream below, where there is one.
    var carrier: StreamConnection? {
        switch self {
        case let connection as StreamConnection: connection
        case let line as MessageLine: line.transport
        case let line as SecureLine: line.transport
        default: nil
        }
    }

    /// The line as the end of a relay.
    var relayEnd: any RelayEnd {
        switch self {
        case let connection as StreamConnection: StreamEnd(connection)
        case let line as MessageLine: MessageEnd(line)
        case let line as SecureLine: LineEnd(line, over: line.transport)
        default: LineEnd(self, over: nil)
        }
    }
}
