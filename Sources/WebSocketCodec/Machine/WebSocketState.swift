/// Where a connection is between its handshake and its end (RFC 6455 §7).
public enum WebSocketState: Hashable, Sendable {
    /// Messages go both ways.
    case open

    /// This end has sent its close frame and waits for the peer's. Messages may still come; none
    /// can be sent.
    case closing

    /// Both close frames have been seen, or the peer broke a rule, or its bytes ended. What is in
    /// the output goes out, then the transport ends: a server ends it at once, a client gives the
    /// server a moment to (RFC 6455 §7.1.1).
    case closed
}
