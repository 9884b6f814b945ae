import Sockets

/// What carries a conversation with one peer: a stream, datagrams, or the messages of a WebSocket.
///
/// A *piece* is what is received or sent at once: some bytes of a stream, whose borders mean nothing,
/// or one whole datagram or message, which may be empty.
protocol ConversationLine: AnyObject, Sendable {
    /// Whether the borders of pieces mean something.
    static var isDatagram: Bool { get }

    /// Whether a peer can say that no more will come.
    static var hasEnd: Bool { get }

    /// Whether this side can say so and still receive, for as long as the peer likes.
    static var hasHalfClose: Bool { get }

    /// The largest piece that can be sent.
    static var pieceSizeLimit: Int { get }

    /// The connection that carries it; nil for datagrams.
    var carryingConnection: StreamConnection? { get }

    /// The loop whose thread its events arrive on.
    var loop: EventLoop { get }

    var localEndpoint: Endpoint? { get }
    var peerEndpoint: Endpoint { get }

    /// Whether the peer can be sent anything.
    var isAnswerable: Bool { get }

    /// What has moved so far.
    var traffic: Traffic { get }

    /// What has moved so far below, whose only use is to see whether anything does.
    var activity: Traffic { get }

    /// What a person may want to know of how it came about.
    var remark: String? { get }

    /// Cuts what is to be sent into pieces, and keeps what is none yet.
    func pieces(of bytes: [UInt8]) throws(SocketError) -> [[UInt8]]

    /// What was kept, when nothing more is to be sent.
    func lastPieces() throws(SocketError) -> [[UInt8]]

    /// The next piece; nil when no more will come.
    func receivePiece() async throws(SocketError) -> [UInt8]?

    /// Sends a piece.
    func sendPiece(_ piece: [UInt8]) async throws(SocketError)

    /// Tells a stream's peer that no more will come; nothing where there is no such thing.
    func finish() async throws(SocketError)

    /// Throws away what is on the way, and tells a stream's peer so.
    func reset()

    func close()

    /// What this line's operations fail with when nothing has moved for too long.
    var idleError: SocketError { get }
}

extension ConversationLine {
    var isDatagram: Bool { Self.isDatagram }
    var hasEnd: Bool { Self.hasEnd }

    static var hasEnd: Bool { !isDatagram }
    static var hasHalfClose: Bool { hasEnd }
    static var pieceSizeLimit: Int { isDatagram ? DatagramSize.sendLimit : .max }

    var carryingConnection: StreamConnection? { nil }
    var activity: Traffic { traffic }
    var remark: String? { nil }

    func pieces(of bytes: [UInt8]) -> [[UInt8]] { [bytes] }
    func lastPieces() -> [[UInt8]] { [] }
}

extension StreamConnection: ConversationLine {
    static var isDatagram: Bool { false }
    var carryingConnection: StreamConnection? { self }
    var isAnswerable: Bool { true }
    var localEndpoint: Endpoint? { localAddress.map { Endpoint($0) } }
    var peerEndpoint: Endpoint { Endpoint(peerAddress) }

    var traffic: Traffic {
        let counts = statistics()
        return Traffic(receivedSize: counts.receivedSize, sentSize: counts.sentSize)
    }

    func receivePiece() async throws(SocketError) -> [UInt8]? {
        // Lent by the loop for the moment in which there is something in it.
        var buffer = ByteBuffer()
        return try await receive(into: &buffer) > 0 ? buffer.array() : nil
    }

    func sendPiece(_ piece: [UInt8]) async throws(SocketError) { try await send(piece) }

    var idleError: SocketError {
        SocketError(.idleLimit, in: .receive, local: localAddress, peer: peerAddress)
    }
}
