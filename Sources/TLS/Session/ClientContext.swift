internal import COpenSSL
internal import Sockets

/// What a client's connections share: the context, how servers are checked, sessions to resume.
@safe final class ClientContext: Sendable {
    let context: TLSContext
    let verification: TLSClientConfiguration.Verification
    private let cache: SessionCache?

    init(
        context: TLSContext,
        verification: TLSClientConfiguration.Verification,
        protocols: [String],
        resumesSessions: Bool
    ) throws(TLSFault) {
        self.context = context
        self.verification = verification
        // Who only looks at a server wants to see its certificates.
        cache = resumesSessions && verification != .recorded ? SessionCache() : nil
        let pointer = unsafe context.pointer
        let list = try protocolList(protocols)
        // Zero is success, for once (SSL_CTX_set_alpn_protos(3)).
        if !list.isEmpty,
            unsafe SSL_CTX_set_alpn_protos(pointer, list, CUnsignedInt(list.count)) != 0
        {
            throw TLSFault(.invalidArgument, "the protocols for ALPN")
        }
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, recordFailure)
        unsafe SSL_CTX_set_cert_verify_callback(pointer, verifyServer, nil)
        if cache != nil {
            unsafe copenssl_cache_sessions(
                pointer,
                CLong(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL)
            )
            unsafe SSL_CTX_sess_set_new_cb(pointer) { ssl, session in
                guard let session = unsafe session, let connection = unsafe TLSConnection.of(ssl),
                    case .client(let context, let name) = connection.side
                else { return 0 }
                // One: the reference is ours now.
                context.cache?.store(unsafe ResumableSession(owning: session), for: name.text)
                return 1
            }
        }
    }

    /// Says whom a connection is for, and resumes a session of that name.
    func prepare(_ ssl: OpaquePointer, for name: PeerName) throws(TLSFault) {
        ERR_clear_error()
        let parameters = unsafe SSL_get0_param(ssl)
        unsafe SSL_set_hostflags(ssl, PeerName.checkFlags)
        let isSet =
            switch name {
            case .host(let host):
                unsafe copenssl_set_server_name(ssl, host) == 1 && SSL_set1_host(ssl, host) == 1
            case .address:
                // No SNI: it has names only (RFC 6066 §3).
                unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, name.text) == 1
            }
        guard isSet else { throw TLSFault.fromErrorQueue(.invalidArgument, name.text) }
        unsafe cache?.take(for: name.text)?.offer(on: ssl)
    }
}

/// Checks a server's certificates; one is success (SSL_CTX_set_cert_verify_callback(3)).
private func verifyServer(_ store: OpaquePointer?, _: UnsafeMutableRawPointer?) -> CInt {
    guard let connection = unsafe connection(verifying: store),
        case .client(let context, let name) = connection.side
    else { return 0 }
    guard case .pinned(let pins) = context.verification else {
        let result = unsafe X509_verify_cert(store)
        return context.verification == .recorded ? 1 : result
    }
    guard let leaf = unsafe X509_STORE_CTX_get0_cert(store),
        let certificate = unsafe try? Certificate(x509: leaf)
    else { return 0 }
    if pins.contains(certificate.fingerprint) {
        unsafe X509_STORE_CTX_set_error(store, X509_V_OK)
        return 1
    }
    connection.failures.append(.wrongPin(certificate, of: name))
    unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
}
