internal import COpenSSL
public import Sockets

/// Who one is: a certificate, those that issued it, and its private key.
///
/// ```swift
/// let identity = try TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
/// ```
public struct TLSIdentity: Sendable {
    /// One's own certificate first, then those that issued it.
    public let certificates: [Certificate]

    /// Reads PEM files: a certificate with those that issued it after it, and its private key.
    ///
    /// Blocks for as long as the disk does. Both may be in one file. A key with a password is
    /// refused; nothing is ever asked on a terminal.
    ///
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument`; the detail names the file, and says
    ///   when key and certificate do not belong together.
    public init(certificateFile: String, keyFile: String) throws(SocketError) { fatalError() }

    /// Reads PEM texts.
    ///
    /// - Throws: As ``init(certificateFile:keyFile:)``.
    public init(certificatePEM: String, keyPEM: String) throws(SocketError) { fatalError() }

    /// Makes a development certificate: signed by itself, P-256, for `localhost`, 127.0.0.1, ::1 and
    /// the given names.
    ///
    /// Nobody trusts it by itself: print its ``Certificate/fingerprint`` and pin it on the client
    /// (``TLSClientConfiguration/Verification/pinned(_:)``).
    ///
    /// - Parameters:
    ///   - names: DNS names and IP addresses.
    ///   - validity: How long it is valid, from now on. (An hour before now, for clocks that differ.)
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument` for a text that is no name.
    public static func selfSigned(
        names: [String] = [],
        validity: Duration = .seconds(365 * 86_400)
    ) throws(SocketError) -> TLSIdentity { fatalError() }

    /// The certificates as PEM, one's own first.
    public var certificatePEM: String { fatalError() }

    /// The private key as PEM (PKCS #8): keep it secret.
    public var privateKeyPEM: String { fatalError() }
}
