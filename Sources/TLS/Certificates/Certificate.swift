internal import COpenSSL
public import Sockets

/// An X.509 certificate (RFC 5280): its bytes, and what people ask of it.
///
/// ```swift
/// for certificate in stream.negotiated.peerCertificates {
///     print(certificate.subject, certificate.notAfter, certificate.fingerprint)
/// }
/// ```
public struct Certificate: Sendable, Hashable {
    /// The certificate itself, in DER.
    public let der: [UInt8]

    /// Whom it is for, as a distinguished name: `CN=example.org,O=Example` (RFC 2253).
    public let subject: String

    /// Who signed it.
    public let issuer: String

    /// The DNS names it is for (subjectAltName), `*.example.org` among them.
    public let dnsNames: [String]

    /// The IP addresses it is for (subjectAltName).
    public let ipAddresses: [IPAddress]

    /// It is not valid before this moment.
    public let notBefore: CertificateTime

    /// It is not valid after this moment.
    public let notAfter: CertificateTime

    /// The kind and size of its public key: `EC prime256v1 (256 bits)`, `RSA (2048 bits)`.
    public let publicKey: String

    /// The SHA-256 of ``der``: what ``TLSClientConfiguration/Verification/pinned(_:)`` compares.
    public let fingerprint: CertificateFingerprint

    /// The names and addresses, as one line: `example.org, *.example.org, 192.0.2.1`.
    public var names: String {
        (dnsNames + ipAddresses.map { "\($0)" }).joined(separator: ", ")
    }

    /// Reads a certificate in DER.
    ///
    /// - Throws: ``Sockets/SocketError`` with `malformed`.
    public init(der: [UInt8]) throws(SocketError) {
        do throws(TLSFault) {
            self = try Certificate(X509Reference(der: der))
        } catch {
            throw error.error(in: .readCertificate)
        }
    }

    /// Reads the certificates of a PEM text, in order.
    ///
    /// - Throws: ``Sockets/SocketError`` with `malformed`, also when there is none.
    public static func certificates(pem: String) throws(SocketError) -> [Certificate] {
        do throws(TLSFault) {
            let found = unsafe try PEM.reading(pem) { bio throws(TLSFault) in
                unsafe try PEM.certificates(from: bio)
            }
            return try found.certificates()
        } catch {
            throw error.error(in: .readCertificate)
        }
    }

    /// Reads the certificates of a PEM file, in order.
    ///
    /// Blocks for as long as the disk does.
    ///
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument`; the detail names the file.
    public static func certificates(file path: String) throws(SocketError) -> [Certificate] {
        try certificates(file: Array(path.utf8))
    }

    /// The same of a path as the kernel has it, which need not be UTF-8.
    public static func certificates(file path: [UInt8]) throws(SocketError) -> [Certificate] {
        do throws(TLSFault) {
            let found = unsafe try PEM.reading(file: path) { bio throws(TLSFault) in
                unsafe try PEM.certificates(from: bio)
            }
            return try found.certificates()
        } catch {
            throw error.error(in: .readCertificate)
        }
    }
}

extension [X509Reference] {
    /// What is asked of them.
    func certificates() throws(TLSFault) -> [Certificate] {
        var certificates: [Certificate] = []
        for reference in self { certificates.append(try Certificate(reference)) }
        return certificates
    }
}

extension SocketError.Operation {
    /// Reading a certificate or a key.
    static let readCertificate = Self("read certificate")
    /// Making a certificate.
    static let makeCertificate = Self("make certificate")
    /// Making a configuration for TLS.
    static let configure = Self("configure TLS")
}
