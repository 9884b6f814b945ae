/// Which end of the connection this is: the client masks what it sends, the server does not
/// (RFC 6455 §5.1).
public enum WebSocketRole: Sendable {
    /// The end that accepted the handshake.
    case server

    /// The end that began the handshake, with the source of its masking keys.
    ///
    /// The keys must be unpredictable to whoever chooses the payloads (RFC 6455 §10.3), so outside
    /// tests this is `SystemRandomNumberGenerator()` or a buffer in front of it.
    case client(maskingKeys: any RandomNumberGenerator & Sendable)
}
