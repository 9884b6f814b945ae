public import HTTPTypes

/// What came before a request's body, and what it means for the connection.
public struct RequestHead: Hashable, Sendable {
    /// Method, target and fields.
    ///
    /// The target is taken apart (RFC 9112 §3.2): `path` is what follows the authority, query
    /// included; `authority` is the target's own, and that of `Host` if it has none. `scheme` is nil
    /// unless the target named one: only the connection knows. Of a `CONNECT` there is no `path`, and of
    /// `OPTIONS *` it is `*`. Well-known field names are spelled as the standards do, others as they came.
    public var request: HTTPRequest

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
        self.request = request
        self.version = version
        self.framing = framing
        self.keepsConnection = keepsConnection
        self.expectsContinue = expectsContinue
        self.upgrade = upgrade
    }
}
