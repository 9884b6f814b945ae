/// A version of HTTP that is spoken on this connection, of those RFC 9112 describes.
///
/// A peer that says 1.2 or higher is answered as 1.1, which it must understand (RFC 9110 §2.5); other
/// major versions are refused (505).
public enum HTTPVersion: Comparable, Sendable {
    /// HTTP/1.0: connections close unless both sides say otherwise, and nothing is chunked.
    case oneZero

    /// HTTP/1.1.
    case oneOne
}

extension HTTPVersion: CustomStringConvertible {
    /// As it stands in a start line: `HTTP/1.1`.
    public var description: String {
        switch self {
        case .oneZero: "HTTP/1.0"
        case .oneOne: "HTTP/1.1"
        }
    }
}
