public import HTTPCodec
public import Sockets

/// What a server did for one request: what an access log says.
public struct HTTPExchangeRecord: Sendable {
    /// The client's address; nil when the stream has none.
    public let peerAddress: SocketAddress?

    /// The request; nil when what came was not one.
    public let request: HTTPRequest?

    /// What it was answered; nil when the connection ended before.
    public let status: HTTPResponse.Status?

    /// Bytes of body that the stream has taken, also of an answer that was cut; small answers count when
    /// they are handed to the connection, which sends them together.
    public let bodySize: UInt64

    /// From the head's end to the last byte handed to the stream.
    public let duration: Duration

    /// What went wrong, on either side.
    public let failure: (any Error)?
}
