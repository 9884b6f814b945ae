/// One message of a WebSocket, whole (RFC 6455 §5.6).
public enum WebSocketMessage: Hashable, Sendable {
    /// A text, which was valid UTF-8.
    case text(String)

    /// Bytes.
    case binary([UInt8])
}
