internal import COpenSSL
internal import Sockets

/// Making a certificate that is signed by its own key.
enum SelfSigned {
    /// For clocks that differ: an hour before now.
    private static let leeway = -3600

    static func make(
        names: [PeerName],
        validity: Duration
    ) throws(TLSFault) -> IdentityReference {
        ERR_clear_error()
        guard let key = unsafe copenssl_new_p256_key() else {
            throw TLSFault.fromErrorQueue(.memoryLimit, "a key")
        }
        defer { unsafe EVP_PKEY_free(key) }
        let certificate = try unsafe certificate(key, names, validity)
        _ = unsafe EVP_PKEY_up_ref(key)
        return try unsafe IdentityReference([certificate], owningKey: key)
    }

    private static func certificate(
        _ key: OpaquePointer,
        _ names: [PeerName],
        _ validity: Duration
    ) throws(TLSFault) -> X509Reference {
        guard let x509 = unsafe X509_new() else { throw TLSFault(.memoryLimit, "a certificate") }
        let reference = unsafe X509Reference(owning: x509)
        // 16 random bytes, positive and different from any other's (RFC 5280 §4.1.2.2).
        let serial = unsafe BN_new()
        defer { unsafe BN_free(serial) }
        let seconds = CLong(clamping: validity.components.seconds)
        let isMade =
            unsafe BN_rand(serial, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x509)) != nil
            && X509_set_version(x509, 2) == 1  // which means 3
            && X509_gmtime_adj(X509_getm_notBefore(x509), CLong(leeway)) != nil
            && X509_gmtime_adj(X509_getm_notAfter(x509), seconds) != nil
            && X509_set_pubkey(x509, key) == 1
            && setName(x509, names.first?.text ?? "localhost")
            && add(x509, NID_basic_constraints, "critical,CA:FALSE")
            && add(x509, NID_key_usage, "critical,digitalSignature")
            && add(x509, NID_ext_key_usage, "serverAuth,clientAuth")
            && add(x509, NID_subject_alt_name, names.map(\.alternativeName).joined(separator: ","))
            && X509_sign(x509, key, EVP_sha256()) > 0
        guard isMade else { throw TLSFault.fromErrorQueue(.invalidArgument, "a certificate") }
        return reference
    }

    private static func setName(_ x509: OpaquePointer, _ name: String) -> Bool {
        guard let subject = unsafe X509_get_subject_name(x509) else { return false }
        // At most 64 characters (RFC 5280, ub-common-name); the names that count are elsewhere.
        let bytes = Array(name.utf8.prefix(64))
        return unsafe X509_NAME_add_entry_by_txt(
            subject,
            "CN",
            MBSTRING_UTF8,
            bytes,
            CInt(bytes.count),
            -1,
            0
        ) == 1
            && X509_set_issuer_name(x509, subject) == 1
    }

    private static func add(_ x509: OpaquePointer, _ type: CInt, _ value: String) -> Bool {
        guard let made = unsafe X509V3_EXT_conf_nid(nil, nil, type, value) else { return false }
        defer { unsafe X509_EXTENSION_free(made) }
        return unsafe X509_add_ext(x509, made, -1) == 1
    }
}

extension PeerName {
    /// As OpenSSL writes an alternative name: nothing in a checked name means anything to it.
    fileprivate var alternativeName: String {
        switch self {
        case .host: "DNS:\(text)"
        case .address: "IP:\(text)"
        }
    }
}
