/// A check that a peer's certificates did not pass: which one, of which certificate, for which name.
///
/// It prints as a sentence: `the certificate of example.org has expired (notAfter
/// 2026-11-23T10:46:52Z)`. That sentence is the ``Sockets/SocketError/detail`` of a handshake that
/// was refused with `untrustedPeer`.
public struct CertificateFailure: Sendable, Hashable, CustomStringConvertible {
    /// Which check failed.
    public let check: Check

    /// How far from the peer's own certificate, which is zero, towards the root.
    public let depth: Int

    /// The certificate that did not pass; nil when there was none.
    public let certificate: Certificate?

    /// The sentence.
    public let description: String

    init(_ check: Check, depth: Int, certificate: Certificate?, description: String) {
        self.check = check
        self.depth = depth
        self.certificate = certificate
        self.description = description
    }

    /// Which check failed: an open set, so `switch` needs a default.
    public struct Check: Sendable, Hashable, CustomStringConvertible {
        /// `expired`, `wrong name`, ….
        public let description: String

        private init(_ description: String) { self.description = description }

        /// Past its notAfter.
        public static let expired = Self("expired")
        /// Before its notBefore.
        public static let notYetValid = Self("not yet valid")
        /// For other names than the one connected to.
        public static let wrongName = Self("wrong name")
        /// Signed by itself, and not among the trusted ones.
        public static let selfSigned = Self("self-signed")
        /// Signed by an authority that is not trusted, or not shown.
        public static let unknownAuthority = Self("unknown authority")
        /// Not the pinned certificate.
        public static let wrongPin = Self("wrong pin")
        /// Taken back by its authority.
        public static let revoked = Self("revoked")
        /// Not made for this use.
        public static let wrongPurpose = Self("wrong purpose")
        /// The peer showed none where one is required.
        public static let missing = Self("missing")
        /// Another check of OpenSSL's; the description has its words.
        public static let other = Self("other")
    }
}
