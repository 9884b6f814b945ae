internal import COpenSSL
internal import Sockets

/// An SSL_CTX: what the connections of one configuration share.
@safe final class TLSContext: @unchecked Sendable {
    // "@unchecked": set up before it is shared; OpenSSL counts references to it atomically.
    let pointer: OpaquePointer
    private let keyLog: KeyLog?

    /// A context with what both sides have in common.
    init(
        isClient: Bool,
        versions: ClosedRange<TLSVersion>,
        keyLogPath: String?
    ) throws(TLSFault) {
        ERR_clear_error()
        let method = unsafe isClient ? TLS_client_method() : TLS_server_method()
        guard let pointer = unsafe SSL_CTX_new(method) else {
            throw TLSFault.fromErrorQueue(.memoryLimit)
        }
        unsafe self.pointer = pointer
        do throws(TLSFault) {
            keyLog = if let keyLogPath { try KeyLog(appendingTo: keyLogPath) } else { nil }
        } catch {
            unsafe SSL_CTX_free(pointer)
            throw error
        }
        let (oldest, newest) = (versions.lowerBound.rawValue, versions.upperBound.rawValue)
        guard unsafe copenssl_set_versions(pointer, CInt(oldest), CInt(newest)) == 1 else {
            throw TLSFault.fromErrorQueue(.invalidArgument, "\(versions)")
        }
        unsafe SSL_CTX_set_options(pointer, copenssl_options())
        unsafe copenssl_release_idle_buffers(pointer)
        if keyLog != nil {
            unsafe SSL_CTX_set_keylog_callback(pointer) { ssl, line in
                guard let line = unsafe line else { return }
                let context = unsafe TLSConnection.of(ssl)?.side.context
                unsafe context?.keyLog?.append(String(cString: line))
            }
        }
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// Says whom a peer's certificate may be signed by.
    func trust(_ roots: TLSTrustRoots) throws(TLSFault) {
        ERR_clear_error()
        if roots.includesSystem, unsafe SSL_CTX_set_default_verify_paths(pointer) != 1 {
            throw TLSFault.fromErrorQueue(.invalidArgument, "the system's trusted certificates")
        }
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        for root in roots.certificates {
            let certificate = try X509Reference(der: root.der)
            guard unsafe certificate.withPointer({ unsafe X509_STORE_add_cert(store, $0) }) == 1
            else {
                throw TLSFault.fromErrorQueue(.invalidArgument, root.subject)
            }
        }
        // A certificate that is trusted needs no issuer that is trusted too.
        _ = unsafe X509_VERIFY_PARAM_set_flags(
            SSL_CTX_get0_param(pointer),
            CUnsignedLong(X509_V_FLAG_PARTIAL_CHAIN)
        )
    }

    /// Shows certificates and proves to have the key.
    func use(_ identity: TLSIdentity) throws(TLSFault) {
        ERR_clear_error()
        let reference = identity.reference
        guard
            unsafe reference.leaf.withPointer({ unsafe SSL_CTX_use_certificate(pointer, $0) }) == 1,
            unsafe SSL_CTX_use_PrivateKey(pointer, reference.key) == 1
        else { throw TLSFault.fromErrorQueue(.invalidArgument, identity.name) }
        for issuer in reference.issuers {
            guard unsafe issuer.withPointer({ unsafe copenssl_add_issuer(pointer, $0) }) == 1 else {
                throw TLSFault.fromErrorQueue(.invalidArgument, identity.name)
            }
        }
    }
}

/// The names of protocols as ALPN has them: a byte of length before each (RFC 7301 §3.1).
func protocolList(_ names: [String]) throws(TLSFault) -> [UInt8] {
    var list: [UInt8] = []
    for name in names {
        let bytes = Array(name.utf8)
        guard (1...255).contains(bytes.count) else {
            throw TLSFault(.invalidArgument, "a protocol's name of \(bytes.count) bytes")
        }
        list.append(UInt8(bytes.count))
        list += bytes
    }
    // The extension counts its bytes in 16 bits.
    guard list.count <= 65_535 else {
        throw TLSFault(.invalidArgument, "too many protocols for ALPN")
    }
    return list
}
