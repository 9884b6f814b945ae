internal import COpenSSL

/// Told of every check of a chain (SSL_set_verify(3)): keeps what failed, and goes on only where
/// failures are just recorded.
func recordFailure(_ isGood: CInt, _ store: OpaquePointer?) -> CInt {
    if isGood == 1 { return 1 }
    guard let connection = unsafe connection(verifying: store) else { return 0 }
    let code = unsafe X509_STORE_CTX_get_error(store)
    let depth = unsafe Int(X509_STORE_CTX_get_error_depth(store))
    let x509 = unsafe X509_STORE_CTX_get_current_cert(store)
    let certificate = unsafe x509.flatMap { unsafe try? Certificate(x509: $0) }
    let (name, isRecorded): (PeerName?, Bool) =
        switch connection.side {
        case .client(let context, let name): (name, context.verification == .recorded)
        case .server: (nil, false)
        }
    let failure = CertificateFailure(
        openSSL: code,
        depth: depth,
        certificate: certificate,
        for: name
    )
    if !connection.failures.contains(failure) { connection.failures.append(failure) }
    return isRecorded ? 1 : 0
}

/// The connection whose certificates are being checked.
func connection(verifying store: OpaquePointer?) -> TLSConnection? {
    let ssl = unsafe X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
    return unsafe TLSConnection.of(ssl.map { OpaquePointer($0) })
}

extension CertificateFailure {
    /// What a code of X509_STORE_CTX_get_error(3) means for a server of a name, or for a client.
    init(openSSL code: CInt, depth: Int, certificate: Certificate?, for name: PeerName?) {
        let peer = name?.text ?? "the client"
        let subject = certificate?.subject ?? "no subject"
        let whose =
            depth == 0
            ? "the certificate of \(peer)"
            : "the authority “\(subject)” behind the certificate of \(peer)"
        let after = certificate.map { " (notAfter \($0.notAfter))" } ?? ""
        let before = certificate.map { " (notBefore \($0.notBefore))" } ?? ""
        let issuer = certificate.map { " “\($0.issuer)”" } ?? ""
        let (check, reason): (Check, String) =
            switch code {
            case X509_V_ERR_CERT_HAS_EXPIRED: (.expired, "has expired\(after)")
            case X509_V_ERR_CERT_NOT_YET_VALID: (.notYetValid, "is not valid yet\(before)")
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
                (.wrongName, certificate?.refusal(of: name) ?? "is for another, not \(peer)")
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
                (.selfSigned, "is self-signed and not trusted")
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: (.unknownAuthority, "is not trusted")
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
                X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
                (.unknownAuthority, "is signed by an unknown authority\(issuer)")
            case X509_V_ERR_CERT_REVOKED: (.revoked, "was revoked")
            case X509_V_ERR_INVALID_PURPOSE: (.wrongPurpose, "is not made for this use")
            default: (.other, unsafe String(cString: X509_verify_cert_error_string(CLong(code))))
            }
        let sentence =
            check == .wrongName
            ? "the certificate \(reason)"
            : check == .other ? "\(whose): \(reason)" : "\(whose) \(reason)"
        self.init(check, depth: depth, certificate: certificate, description: sentence)
    }

    static func wrongPin(_ certificate: Certificate, of name: PeerName) -> Self {
        Self(
            .wrongPin,
            depth: 0,
            certificate: certificate,
            description: "the fingerprint of \(name.text)'s certificate differs from the pin: "
                + "\(certificate.fingerprint)"
        )
    }
}

extension Certificate {
    /// Why it is not for a name.
    fileprivate func refusal(of name: PeerName?) -> String {
        let wanted = name?.text ?? "the client"
        guard !names.isEmpty else {
            return
                "names nobody in its subject alternative names; the common name does not count any more"
                + " (it is “\(subject)”, and \(wanted) is asked for)"
        }
        // `DNS:127.0.0.1` is for nobody: an address is not looked for among names (RFC 9525 §6.2).
        if case .address? = name, dnsNames.contains(wanted) {
            return "is for \(wanted) as a host name, not as an address"
        }
        return "is for \(names), not \(wanted)"
    }
}
