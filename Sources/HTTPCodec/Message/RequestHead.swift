public import HTTPTypes

/// What came before a request's body, and what it means for the connection.
public struct RequestHead: Hashable, Sendable {
    /// The method (RFC 9110 §9).
    public var method: HTTPRequest.Method

    /// The target's scheme; nil unless the target named one: only the connection knows.
    public var scheme: String?

    /// The target's own authority, and that of `Host` if it has none.
    public var authority: String?

    /// What follows the authority in the target, query included (RFC 9112 §3.2); nil of a `CONNECT`,
    /// and of `OPTIONS *` it is `*`.
    public var path: String?

    /// The fields.
    ///
    /// Well-known names are spelled as the standards do, others as they came.
    public var fields: HTTPFields

    /// Method, target and fields as HTTPTypes puts them together.
    ///
    /// Made each time it is asked for: most servers ask for a path and a field or two, and this costs
    /// an allocation and more.
    public var request: HTTPRequest {
        HTTPRequest(
            method: method,
            scheme: scheme,
            authority: authority,
            path: path,
            headerFields: fields
        )
    }

    /// What the client speaks.
    public var version: HTTPVersion

    /// How the body that follows is delimited; never `.untilClose`.
    public var framing: HTTPFraming

    /// Whether the client is prepared to send another request on this connection (RFC 9112 §9.3).
    public var keepsConnection: Bool

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    ///
    /// Always false without a body, and from HTTP/1.0 clients.
    public var expectsContinue: Bool

    /// The protocols the client would rather speak, most wanted first, as it spelled them.
    ///
    /// Those of `Upgrade`, if `Connection` names it (RFC 9110 §7.8); otherwise none. A server that
    /// switches does so after `.end`: what follows then in the input is of the other protocol.
    public var upgrade: [String]

    /// A head with these parts, for tests and for drivers that make their own.
    public init(
        request: HTTPRequest,
        version: HTTPVersion,
        framing: HTTPFraming,
        keepsConnection: Bool,
        expectsContinue: Bool,
        upgrade: [String]
    ) {
        method = request.method
        scheme = request.scheme
        authority = request.authority
        path = request.path
        fields = request.headerFields
        self.version = version
        self.framing = framing
        self.keepsConnection = keepsConnection
        self.expectsContinue = expectsContinue
        self.upgrade = upgrade
    }

    /// What a parser found, with what it decided of it.
    init(
        _ line: RequestLine,
        _ section: FieldSection,
        framing: HTTPFraming,
        keepsConnection: Bool
    ) {
        let facts = section.facts
        method = line.method
        scheme = line.target.scheme
        // That of the target wins over Host (RFC 9112 §3.2.2).
        authority = line.target.authority ?? facts.host
        path = line.target.path
        fields = section.fields
        version = line.version
        self.framing = framing
        self.keepsConnection = keepsConnection
        expectsContinue = facts.expectsContinue && framing != .none && framing != .length(0)
        upgrade = facts.upgrade(in: line.version)
    }
}
