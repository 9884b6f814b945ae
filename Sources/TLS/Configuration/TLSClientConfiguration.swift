internal import COpenSSL
public import Sockets

/// How a client speaks TLS: what it trusts and who it is.
///
/// One is shared by any number of connections, which also share the sessions they resume.
///
/// Versions 1.3 and 1.2, SNI, no renegotiation, no compression; the peer's certificate is checked for
/// the name that is connected to.
///
/// ```swift
/// let configuration = try TLSClientConfiguration(applicationProtocols: ["http/1.1"])
/// ```
public final class TLSClientConfiguration: Sendable {
    let context: ClientContext

    /// How the server's certificate is checked.
    public enum Verification: Sendable, Hashable {
        /// It must be valid now, for the name connected to, and signed by a trusted root.
        case full
        /// It must be one of these, and nothing else is asked of it: for self-signed certificates.
        case pinned(Set<CertificateFingerprint>)
        /// Checked as ``full``, but what failed is only recorded
        /// (``TLSNegotiation/verificationFailures``): for looking at a server, never for talking to it.
        case recorded
    }

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - trustRoots: Who may sign the server's certificate.
    ///   - verification: How it is checked.
    ///   - identity: Who the client is, for servers that ask; nobody when nil.
    ///   - applicationProtocols: What is offered by ALPN, the preferred one first; 1 to 255 bytes each.
    ///   - versions: The oldest and newest version spoken.
    ///   - resumesSessions: Whether a connection may resume the session of an earlier one with the
    ///     same name.
    ///   - keyLogPath: A file to append every connection's secrets to, so that a capture can be
    ///     decrypted (the NSS key log format). Only for debugging: whoever reads it reads everything.
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument`.
    public init(
        trustRoots: TLSTrustRoots = .system,
        verification: Verification = .full,
        identity: TLSIdentity? = nil,
        applicationProtocols: [String] = [],
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
        resumesSessions: Bool = true,
        keyLogPath: String? = nil
    ) throws(SocketError) {
        do throws(TLSFault) {
            let made = try TLSContext(isClient: true, versions: versions, keyLogPath: keyLogPath)
            if case .pinned = verification {} else { try made.trust(trustRoots) }
            if let identity { try made.use(identity) }
            context = try ClientContext(
                context: made,
                verification: verification,
                protocols: applicationProtocols,
                resumesSessions: resumesSessions
            )
        } catch {
            throw error.error(in: .configure)
        }
    }
}
