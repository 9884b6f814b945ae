/// Which authorities are trusted to sign a peer's certificate.
public struct TLSTrustRoots: Sendable, Hashable {
    /// Whether those of the system are (OpenSSL's default paths, `/etc/ssl/certs`; the environment's
    /// SSL_CERT_FILE and SSL_CERT_DIR replace them).
    public var includesSystem: Bool

    /// These are; one that is no authority is trusted as itself.
    public var certificates: [Certificate]

    /// Those of the system.
    public static let system = Self(includesSystem: true)

    /// These, and no others.
    public static func only(_ certificates: [Certificate]) -> Self {
        Self(includesSystem: false, certificates: certificates)
    }

    /// A set of roots.
    public init(includesSystem: Bool, certificates: [Certificate] = []) {
        self.includesSystem = includesSystem
        self.certificates = certificates
    }
}
