internal import COpenSSL

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

extension TLSNegotiation {
    /// What a connection whose handshake is done has come to.
    init(of connection: TLSConnection) {
        let ssl = unsafe connection.ssl
        version = unsafe TLSVersion(rawValue: UInt16(truncatingIfNeeded: SSL_version(ssl)))
        cipher =
            unsafe SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl))
            .map { unsafe String(cString: $0) } ?? ""
        var (name, size): (UnsafePointer<UInt8>?, CUnsignedInt) = (nil, 0)
        unsafe SSL_get0_alpn_selected(ssl, &name, &size)
        applicationProtocol =
            unsafe size == 0
            ? nil
            : String(decoding: UnsafeBufferPointer(start: name, count: Int(size)), as: UTF8.self)
        serverName = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)
            .map { unsafe String(cString: $0) }
        isResumed = unsafe SSL_session_reused(ssl) == 1
        var certificates: [Certificate] = []
        if let leaf = unsafe SSL_get1_peer_certificate(ssl) {
            let own = unsafe try? Certificate(X509Reference(owning: leaf))
            if let own { certificates.append(own) }
        }
        // A client's chain begins with the server's own certificate, a server's does not
        // (SSL_get_peer_cert_chain(3)).
        let chain = unsafe SSL_get_peer_cert_chain(ssl)
        for index in unsafe 0..<copenssl_certificate_count(chain) {
            guard let x509 = unsafe copenssl_certificate(chain, CInt(index)),
                let certificate = unsafe try? Certificate(x509: x509),
                certificate != certificates.first
            else { continue }
            certificates.append(certificate)
        }
        peerCertificates = certificates
        verificationFailures = connection.failures
    }
}
