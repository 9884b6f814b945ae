/// What the end of the stream means at the place where it came.
public enum HTTPStreamEnd: Hashable, Sendable {
    /// Between messages, with nothing owed: an ordinary close.
    case idle

    /// It ended a body that lasts until the connection closes. The message is complete.
    case complete

    /// Before the first byte of a response that was expected: a safe request can be sent again.
    case unanswered

    /// In the middle of a message, which must not be taken for whole (RFC 9112 §8).
    case truncated
}
