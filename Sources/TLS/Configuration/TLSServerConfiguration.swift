internal import COpenSSL
public import Sockets

/// How a server speaks TLS: who it is and what it asks of clients.
///
/// One is shared by all connections of a listener, and its certificates can be replaced while it runs.
///
/// Versions 1.3 and 1.2, session tickets, no renegotiation, no compression.
///
/// ```swift
/// let configuration = try TLSServerConfiguration(identities: [
///     TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
/// ])
/// ```
public final class TLSServerConfiguration: Sendable {
    private let current: Lock<ServerContext>
    /// A context for other identities.
    private let make: @Sendable ([TLSIdentity]) throws(SocketError) -> ServerContext

    /// What handshakes that begin now use.
    var context: ServerContext { current.withLock { $0 } }

    /// Whether clients must show a certificate.
    public enum ClientCertificates: Sendable, Hashable {
        /// They are not asked.
        case ignored
        /// They are asked and may show none; one that is shown must be signed by these roots.
        case requested(TLSTrustRoots)
        /// They must show one, signed by these roots.
        case required(TLSTrustRoots)
    }

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - identities: Who the server is, at least one. The one whose certificate is for the name the
    ///     client asks for (SNI) is shown, and the first one when none is.
    ///   - clientCertificates: What is asked of clients.
    ///   - applicationProtocols: What is spoken, by ALPN, the preferred one first. A client that offers
    ///     only others is refused (`no_application_protocol`, RFC 7301 §3.2); one that offers nothing
    ///     is not.
    ///   - versions: The oldest and newest version spoken.
    ///   - resumesSessions: Whether clients get tickets to resume their sessions with.
    ///   - keyLogPath: As ``TLSClientConfiguration``.
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument`.
    public init(
        identities: [TLSIdentity],
        clientCertificates: ClientCertificates = .ignored,
        applicationProtocols: [String] = [],
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
        resumesSessions: Bool = true,
        keyLogPath: String? = nil
    ) throws(SocketError) {
        make = { identities throws(SocketError) in
            do throws(TLSFault) {
                return try ServerContext(
                    context: TLSContext(
                        isClient: false,
                        versions: versions,
                        keyLogPath: keyLogPath
                    ),
                    identities: identities,
                    clientCertificates: clientCertificates,
                    protocols: applicationProtocols,
                    resumesSessions: resumesSessions
                )
            } catch {
                throw error.error(in: .configure)
            }
        }
        current = Lock(try make(identities))
    }

    /// Who the server is now.
    public var identities: [TLSIdentity] { context.identities }

    /// Replaces the certificates.
    ///
    /// Handshakes that begin from now on show the new ones, and connections that are open go on. Sessions
    /// of before are not resumed.
    ///
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument`; the old ones stay in use then.
    public func reload(_ identities: [TLSIdentity]) throws(SocketError) {
        let made = try make(identities)
        current.withLock { $0 = made }
    }
}
