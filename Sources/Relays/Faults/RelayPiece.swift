/// What comes from one end of a relay at once.
package struct RelayPiece: Sendable, Hashable {
    package var bytes: [UInt8]
    package var kind: Kind

    /// What the borders of a piece mean.
    package enum Kind: Sendable, Hashable {
        /// Nothing: some bytes of a stream.
        case stream
        /// One datagram.
        case datagram
        /// One text of a WebSocket, and a newline behind it.
        case text
        /// One binary message of a WebSocket.
        case binary
    }

    package init(_ bytes: [UInt8], _ kind: Kind = .stream) {
        self.bytes = bytes
        self.kind = kind
    }

    /// What it counts while it waits.
    var heldSize: Int { bytes.count + RelayFaults.pieceOverhead }
}
