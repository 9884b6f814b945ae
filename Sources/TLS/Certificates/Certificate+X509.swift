internal import COpenSSL
internal import Sockets

extension Certificate {
    /// Reads what OpenSSL has parsed.
    init(_ reference: X509Reference) throws(TLSFault) {
        self = unsafe try reference.withPointer { x509 throws(TLSFault) in
            unsafe try Certificate(x509: x509)
        }
    }

    /// Reads what OpenSSL has parsed.
    ///
    /// Texts are a peer's bytes: whatever could do something to a
    /// terminal is escaped.
    init(x509: OpaquePointer) throws(TLSFault) {
        ERR_clear_error()
        let size = unsafe i2d_X509(x509, nil)
        guard size > 0 else { throw TLSFault.fromErrorQueue(.malformed, "a certificate") }
        der = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { memory, count in
            var place = memory.baseAddress
            count = unsafe Int(i2d_X509(x509, &place))
        }
        subject = unsafe Self.text(of: X509_get_subject_name(x509))
        issuer = unsafe Self.text(of: X509_get_issuer_name(x509))
        notBefore = unsafe try Self.time(X509_get0_notBefore(x509))
        notAfter = unsafe try Self.time(X509_get0_notAfter(x509))
        publicKey = unsafe Self.words(for: X509_get0_pubkey(x509))
        (dnsNames, ipAddresses) = unsafe Self.alternativeNames(of: x509)
        var size256: CUnsignedInt = 0
        let digest = unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) {
            memory,
            count in
            let result = unsafe X509_digest(x509, EVP_sha256(), memory.baseAddress, &size256)
            count = result == 1 ? Int(size256) : 0
        }
        guard let fingerprint = CertificateFingerprint(bytes: digest) else {
            throw TLSFault.fromErrorQueue(.malformed, "a certificate's digest")
        }
        self.fingerprint = fingerprint
    }

    private static func text(of name: OpaquePointer?) -> String {
        guard let name = unsafe name else { return "" }
        // Control characters and everything beyond ASCII are escaped by this form.
        return unsafe PEM.text { bio in
            _ = unsafe X509_NAME_print_ex(bio, name, 0, copenssl_name_form())
        }
    }

    /// What a key is called by OpenSSL; empty for one that it does not know.
    private static func words(for key: OpaquePointer?) -> String {
        guard let key = unsafe key, let type = unsafe EVP_PKEY_get0_type_name(key) else {
            return ""
        }
        var words = unsafe String(cString: type)
        // The longest name of a curve has some 20 characters.
        var group = [CChar](repeating: 0, count: 64)
        if unsafe EVP_PKEY_get_group_name(key, &group, group.count, nil) == 1 {
            let name = group.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            words += " " + String(decoding: name, as: UTF8.self)
        }
        return unsafe words + " (\(EVP_PKEY_get_bits(key)) bits)"
    }

    /// By the distance to 1970, so that no calendar of the C library's is asked.
    private static func time(
        _ time: UnsafePointer<ASN1_TIME>?
    ) throws(TLSFault) -> CertificateTime {
        var (days, seconds): (CInt, CInt) = (0, 0)
        let epoch = unsafe ASN1_TIME_set(nil, 0)
        defer { unsafe ASN1_TIME_free(epoch) }
        guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else {
            throw TLSFault.fromErrorQueue(.malformed, "a certificate's date")
        }
        return CertificateTime(secondsSinceEpoch: Int64(days) * 86_400 + Int64(seconds))
    }

    private static func alternativeNames(
        of x509: OpaquePointer
    ) -> (dns: [String], addresses: [IPAddress]) {
        guard let names = unsafe copenssl_alternative_names(x509) else { return ([], []) }
        defer { unsafe copenssl_free_names(names) }
        var (dns, addresses): ([String], [IPAddress]) = ([], [])
        for index in unsafe 0..<copenssl_name_count(names) {
            var type: CInt = 0
            guard let string = unsafe copenssl_name(names, index, &type) else { continue }
            let bytes = unsafe Array(
                UnsafeBufferPointer(
                    start: ASN1_STRING_get0_data(string),
                    count: Int(ASN1_STRING_length(string))
                )
            )
            if type == GEN_DNS {
                dns.append(printable(bytes))
            } else if let address = IPAddress(networkBytes: bytes) {
                addresses.append(address)
            }
        }
        return (dns, addresses)
    }

    /// The bytes as ASCII, others as `\x7f`.
    private static func printable(_ bytes: [UInt8]) -> String {
        bytes.reduce(into: "") { text, byte in
            if (0x21...0x7e).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
    }
}

extension IPAddress {
    /// An address of 4 or 16 bytes in the order of the wire; nil for another number.
    fileprivate init?(networkBytes bytes: [UInt8]) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        switch bytes.count {
        case 4: self = .v4(IPv4Address(bits: UInt32(number(bytes[...]))))
        case 16:
            self = .v6(IPv6Address(highBits: number(bytes[..<8]), lowBits: number(bytes[8...])))
        default: return nil
        }
    }
}
