/// What the peer's bytes meant.
public enum WebSocketEvent: Hashable, Sendable {
    /// A whole message of text, which is valid UTF-8.
    case text(WebSocketPayload)

    /// A whole message of bytes.
    case binary(WebSocketPayload)

    /// A ping. Its pong is in the output already.
    case ping(WebSocketPayload)

    /// A pong, asked for or not.
    case pong(WebSocketPayload)

    /// The peer's close frame, the last event. The answer, where one is due, is in the output
    /// already.
    case close(WebSocketClose)
}

/// What a close frame says.
public struct WebSocketClose: Hashable, Sendable {
    /// The code; ``WebSocketCloseCode/noStatus`` for a frame without one.
    public let code: WebSocketCloseCode

    /// The reason, at most 123 bytes of UTF-8, often empty.
    ///
    /// For logs, not for people (RFC 6455 §7.1.6); a peer chose it, so it may hold control
    /// characters.
    public let reason: String

    /// A close with its reason.
    public init(_ code: WebSocketCloseCode, reason: String = "") {
        self.code = code
        self.reason = reason
    }
}
