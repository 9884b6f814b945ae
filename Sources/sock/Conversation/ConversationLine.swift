import Sockets

/// What carries a conversation with one peer: a stream, or datagrams.
///
/// A *piece* is what is received or sent at once: some bytes of a stream, whose borders mean nothing,
/// or one whole datagram, which may be empty.
protocol ConversationLine: AnyObject, Sendable {
    /// Whether the borders of pieces mean something.
    static var isDatagram: Bool { get }

    /// The loop whose thread its events arrive on.
    var loop: EventLoop { get }

    var localEndpoint: Endpoint? { get }
    var peerEndpoint: Endpoint { get }

    /// Whether the peer can be sent anything.
    var isAnswerable: Bool { get }

    /// What has moved so far.
    var traffic: Traffic { get }

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
}

extension StreamConnection: ConversationLine {
    static var isDatagram: Bool { false }
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
