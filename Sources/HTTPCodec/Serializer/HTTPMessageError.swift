/// What in a message of our own must not be sent, before a byte of it was.
public enum HTTPMessageError: Error, Hashable, Sendable {
    /// The request's target is empty or has spaces, control bytes or non-ASCII in it: escape them.
    case malformedTarget(String)

    /// The request has no authority.
    case missingHost

    /// The authority is not a host and an optional port; `CONNECT` needs the port.
    case malformedHost(String)

    /// `Host` among the fields: it is made of the authority.
    case hostInFields

    /// `Transfer-Encoding` among its fields: `framing` says how a body is sent.
    case transferEncodingInFields

    /// Its `Content-Length` is repeated, malformed or not what `framing` says.
    case contentLengthInFields(String)

    /// A body, or the announcement of one, where the status (nil for a `CONNECT`) allows none.
    case bodyNotAllowed(status: Int?)

    /// A request whose body would end with the connection, which cannot be answered then.
    case requestUntilClose

    /// A status outside 100...999.
    case malformedStatus(Int)

    /// A trailer that frames, routes or authenticates a message (RFC 9110 §6.5.1).
    case forbiddenTrailer(String)
}

extension HTTPMessageError: CustomStringConvertible {
    /// What is wrong, with the value.
    public var description: String {
        switch self {
        case .malformedTarget(let target):
            "HTTP request target is malformed: \(target.debugDescription)"
        case .missingHost: "HTTP request has no authority"
        case .malformedHost(let host): "HTTP request has a malformed Host: \(host.debugDescription)"
        case .hostInFields: "HTTP request has a Host among its fields"
        case .transferEncodingInFields: "HTTP message has a Transfer-Encoding of its own"
        case .contentLengthInFields(let value):
            "HTTP message has a Content-Length that is not its framing: \(value.debugDescription)"
        case .bodyNotAllowed(let status):
            if let status {
                "HTTP response \(status) must not have a body"
            } else {
                "HTTP request CONNECT must not have a body"
            }
        case .requestUntilClose: "HTTP request's body cannot last until the connection closes"
        case .malformedStatus(let code): "HTTP status is not in 100...999: \(code)"
        case .forbiddenTrailer(let name): "HTTP trailer is forbidden: \(name)"
        }
    }
}
