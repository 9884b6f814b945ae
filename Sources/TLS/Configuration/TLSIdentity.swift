internal import COpenSSL
internal import Escaping
public import Sockets

/// Who one is: a certificate, those that issued it, and its private key.
///
/// ```swift
/// let identity = try TLSIdentity(certificateFile: "chain.pem", keyFile: "key.pem")
/// ```
public struct TLSIdentity: Sendable {
    /// One's own certificate first, then those that issued it.
    public let certificates: [Certificate]

    let reference: IdentityReference

    /// What the identity is called in an error.
    var name: String { certificates.first?.subject ?? "no certificate" }

    init(_ reference: IdentityReference) throws(TLSFault) {
        self.reference = reference
        certificates = try ([reference.leaf] + reference.issuers).certificates()
    }

    /// Reads PEM files: a certificate with those that issued it after it, and its private key.
    ///
    /// Blocks for as long as the disk does. Both may be in one file. A key with a password is
    /// refused; nothing is ever asked on a terminal.
    ///
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument`; the detail names the file, and says
    ///   when key and certificate do not belong together.
    public init(certificateFile: String, keyFile: String) throws(SocketError) {
        try self.init(certificateFile: Array(certificateFile.utf8), keyFile: Array(keyFile.utf8))
    }

    /// The same of paths as the kernel has them, which need not be UTF-8.
    public init(certificateFile: [UInt8], keyFile: [UInt8]) throws(SocketError) {
        do throws(TLSFault) {
            let chain = unsafe try PEM.reading(file: certificateFile) { bio throws(TLSFault) in
                unsafe try PEM.certificates(from: bio)
            }
            let key = unsafe try PEM.reading(file: keyFile) { bio throws(TLSFault) in
                unsafe try PEM.privateKey(from: bio)
            }
            do throws(TLSFault) {
                try self.init(unsafe IdentityReference(chain, owningKey: key))
            } catch {
                let names = [certificateFile, keyFile].map { $0.escaped(.line) }
                throw TLSFault(error.code, "\(names[0]), \(names[1]): \(error.detail)")
            }
        } catch {
            throw error.error(in: .readCertificate)
        }
    }

    /// Reads PEM texts.
    ///
    /// - Throws: As ``init(certificateFile:keyFile:)``.
    public init(certificatePEM: String, keyPEM: String) throws(SocketError) {
        do throws(TLSFault) {
            let chain = unsafe try PEM.reading(certificatePEM) { bio throws(TLSFault) in
                unsafe try PEM.certificates(from: bio)
            }
            let key = unsafe try PEM.reading(keyPEM) { bio throws(TLSFault) in
                unsafe try PEM.privateKey(from: bio)
            }
            try self.init(unsafe IdentityReference(chain, owningKey: key))
        } catch {
            throw TLSFault(.invalidArgument, error.detail).error(in: .readCertificate)
        }
    }

    /// Makes a development certificate: signed by itself, P-256, for `localhost`, 127.0.0.1, ::1 and
    /// the given names.
    ///
    /// Nobody trusts it by itself: print its ``Certificate/fingerprint`` and pin it on the client
    /// (``TLSClientConfiguration/Verification/pinned(_:)``).
    ///
    /// - Parameters:
    ///   - names: DNS names, also `*.example.org`, and IP addresses.
    ///   - validity: How long it is valid, from now on. (An hour before now, for clocks that differ.)
    /// - Returns: The certificate and its key, which are nowhere else.
    /// - Throws: ``Sockets/SocketError`` with `invalidArgument` for a text that is no name.
    public static func selfSigned(
        names: [String] = [],
        validity: Duration = .seconds(365 * 86_400)
    ) throws(SocketError) -> TLSIdentity {
        do throws(TLSFault) {
            var all: [PeerName] = []
            for name in names + ["localhost", "127.0.0.1", "::1"] {
                let name = try PeerName(name, mayBeWildcard: true)
                if !all.contains(where: { $0.text == name.text }) { all.append(name) }
            }
            return try TLSIdentity(SelfSigned.make(names: all, validity: validity))
        } catch {
            throw error.error(in: .makeCertificate)
        }
    }

    /// The certificates as PEM, one's own first.
    public var certificatePEM: String {
        unsafe PEM.text { bio in
            for certificate in [reference.leaf] + reference.issuers {
                _ = unsafe certificate.withPointer { unsafe PEM_write_bio_X509(bio, $0) }
            }
        }
    }

    /// The private key as PEM (PKCS #8): keep it secret.
    public var privateKeyPEM: String {
        unsafe PEM.text { bio in
            _ = unsafe PEM_write_bio_PKCS8PrivateKey(bio, reference.key, nil, nil, 0, nil, nil)
        }
    }
}
