public import HTTPTypes

/// What came before a response's body, and what it means for the connection.
public struct ResponseHead: Hashable, Sendable {
    /// Status and fields.
    ///
    /// Well-known field names are spelled as the standards do, others as they came.
    public var response: HTTPResponse

    /// What the server speaks.
    public var version: HTTPVersion

    /// How the body that follows is delimited.
    public var framing: HTTPFraming

    /// Whether another request can be sent on this connection (RFC 9112 §9.3).
    public var keepsConnection: Bool

    /// The protocols of `Upgrade`, if `Connection` names it: with 101, the one that is spoken from now on.
    public var upgrade: [String]

    /// A head with these parts, for tests and for drivers that make their own.
    public init(
        response: HTTPResponse,
        version: HTTPVersion,
        framing: HTTPFraming,
        keepsConnection: Bool,
        upgrade: [String]
    ) {
        self.response = response
        self.version = version
        self.framing = framing
        self.keepsConnection = keepsConnection
        self.upgrade = upgrade
    }
}
