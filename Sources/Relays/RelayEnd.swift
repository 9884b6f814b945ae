package import Sockets

/// One end of a relayed connection: what is spoken there, as pieces.
package protocol RelayEnd: AnyObject, Sendable {
    /// The loop whose thread its events arrive on; nil where there is none.
    var loop: EventLoop? { get }

    /// What carries it, where that is a connection of the kernel's.
    var carrier: StreamConnection? { get }

    /// Whether it is a datagram socket.
    var isDatagram: Bool { get }

    /// Whether this end can say that it has no more to send, and still receive.
    var hasHalfClose: Bool { get }

    /// The most bytes of a stream that it takes at once.
    var pieceSizeLimit: Int { get }

    /// The next piece; nil when no more will come.
    func receive() async throws(SocketError) -> RelayPiece?

    /// Sends all of a piece.
    func send(_ piece: RelayPiece) async throws(SocketError)

    /// Tells the peer that no more will come.
    func finish() async throws(SocketError)

    /// Ends what carries it, without a word of what is spoken above: FIN, or nothing for datagrams.
    func drop() async

    /// Closes at once; a stream's peer is told so.
    func reset()

    func close()
}

/// A byte stream as the end of a relay.
package final class StreamEnd: RelayEnd {
    private let stream: any ByteStream

    /// Received at once, in bytes: what a loop lends.
    private static let receiveSize = 65_536

    package init(_ stream: any ByteStream) { self.stream = stream }

    package var carrier: StreamConnection? { stream as? StreamConnection }

    package var loop: EventLoop? { carrier?.loop }
    package var isDatagram: Bool { false }
    package var hasHalfClose: Bool { true }
    package var pieceSizeLimit: Int { .max }

    package func receive() async throws(SocketError) -> RelayPiece? {
        var buffer = ByteBuffer(limit: Self.receiveSize)
        return try await stream.receive(into: &buffer) > 0 ? RelayPiece(buffer.array()) : nil
    }

    package func send(_ piece: RelayPiece) async throws(SocketError) {
        try await stream.send(piece.bytes)
    }

    package func finish() async throws(SocketError) { try await stream.finish() }

    package func drop() async {
        do throws(SocketError) {
            try await stream.finish()
        } catch {
            // Somebody is sending, to a peer that does not read: nothing can come in order.
            stream.close()
        }
    }

    package func reset() { stream.reset() }
    package func close() { stream.close() }
}
