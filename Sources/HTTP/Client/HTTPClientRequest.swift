public import HTTPCodec

/// A request as a client makes it.
///
/// ```swift
/// var request = HTTPClientRequest(.put, "https://example.org/a")
/// request.fields[.contentType] = "text/plain"
/// ```
/// `Host`, `Content-Length`, `Transfer-Encoding` and `Connection` are added.
public struct HTTPClientRequest: Sendable {
    /// The method.
    public var method: HTTPRequest.Method

    /// Whom to ask, and for what.
    public var url: HTTPURL

    /// The fields.
    ///
    /// An `Upgrade` among them is announced by `Connection` (RFC 9110 §7.8). A `Host` takes the place of the
    /// URL's, for as long as redirects stay at its origin; who is connected to, and whose certificate is asked
    /// for, is the URL's host.
    public var fields: HTTPFields

    /// Whether the server is asked for leave before the body is sent (`Expect: 100-continue`).
    public var expectsContinue = false

    /// Called with each interim response (RFC 9110 §15.2), such as 103, from the task that waits.
    ///
    /// Must not block.
    public var onInterim: (@Sendable (HTTPResponse) -> Void)?

    /// A request.
    public init(_ method: HTTPRequest.Method, _ url: HTTPURL, fields: HTTPFields = [:]) {
        self.method = method
        self.url = url
        self.fields = fields
    }

    /// The canonical name of a field for which HTTPTypes has no constant.
    static let hostName = "host"

    /// The message that goes out.
    func head(with defaults: HTTPFields, body: HTTPRequestBody) -> HTTPRequest {
        var fields = fields
        for field in defaults where fields[field.name] == nil { fields.append(field) }
        if expectsContinue, body.framing(for: method) != .none { fields[.expect] = "100-continue" }
        let host = fields.first { $0.name.canonicalName == Self.hostName }
        if host != nil {
            fields = HTTPFields(fields.filter { $0.name.canonicalName != Self.hostName })
        }
        return HTTPRequest(
            method: method,
            scheme: url.scheme.rawValue,
            authority: host?.value ?? url.authority,
            path: url.target,
            headerFields: fields
        )
    }
}

extension HTTPRequest.Method {
    /// Whether carrying it out twice is as once (RFC 9110 §9.2.2).
    var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        default: false
        }
    }
}
