/// How a message's body is delimited (RFC 9112 §6.3).
public enum HTTPFraming: Hashable, Sendable {
    /// There is no body: the message ends with its head.
    case none

    /// The body has exactly so many bytes (`Content-Length`).
    case length(UInt64)

    /// The body comes in chunks that say their sizes, and trailers may follow (RFC 9112 §7.1).
    case chunked

    /// The body ends when the connection does. Responses only.
    case untilClose
}
