/// What the two sides of a ``TLSStream`` agreed on in their handshake.
public struct TLSNegotiation: Sendable {
    /// The version of the protocol.
    public let version: TLSVersion

    /// The cipher suite by its standard name: `TLS_AES_256_GCM_SHA384`.
    public let cipher: String

    /// The protocol chosen by ALPN (RFC 7301), such as `http/1.1`; nil when none was.
    public let applicationProtocol: String?

    /// The name the client asked for (SNI, RFC 6066 §3); nil for an IP address or none.
    public let serverName: String?

    /// Whether an earlier session was resumed, without certificates being shown again.
    public let isResumed: Bool

    /// What the peer showed, its own certificate first, then those that issued it.
    ///
    /// Empty when it showed none; of a resumed session at most its own.
    public let peerCertificates: [Certificate]

    /// The checks that failed, where they were only recorded
    /// (``TLSClientConfiguration/Verification/recorded``); empty otherwise.
    public let verificationFailures: [CertificateFailure]
}
