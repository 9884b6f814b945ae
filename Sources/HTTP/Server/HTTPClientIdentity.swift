public import Sockets

/// Who is at the other end of a server's connection.
public struct HTTPClientIdentity: Sendable {
    /// The client's address; nil when the stream has none.
    public let peerAddress: SocketAddress?

    /// Whether TLS is between: the scheme is then `https`.
    public let isSecure: Bool
}
