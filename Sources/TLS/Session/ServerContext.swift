internal import COpenSSL
internal import Sockets

/// What a server's connections share until its certificates are replaced: a context an identity.
///
/// The first one's context begins every handshake; the others lend their certificates.
@safe final class ServerContext: Sendable {
    let context: TLSContext
    let identities: [TLSIdentity]
    let givesTickets: Bool
    let protocols: [[UInt8]]

    init(
        context: TLSContext,
        identities: [TLSIdentity],
        clientCertificates: TLSServerConfiguration.ClientCertificates,
        protocols: [String],
        resumesSessions: Bool
    ) throws(TLSFault) {
        guard let first = identities.first else {
            throw TLSFault(.invalidArgument, "a server needs an identity")
        }
        self.context = context
        self.identities = identities
        givesTickets = resumesSessions
        _ = try protocolList(protocols)
        self.protocols = protocols.map { Array($0.utf8) }
        let pointer = unsafe context.pointer
        try context.use(first)
        if identities.count > 1 { unsafe SSL_CTX_set_cert_cb(pointer, chooseIdentity, nil) }
        unsafe copenssl_on_server_name(pointer) { _, _, _ in SSL_TLSEXT_ERR_OK }
        if !protocols.isEmpty { unsafe SSL_CTX_set_alpn_select_cb(pointer, chooseProtocol, nil) }
        try Self.ask(clientCertificates, context)
        // Tickets are offered by us, with the first data; see TLSConnection.offerTicket.
        unsafe SSL_CTX_set_num_tickets(pointer, 0)
        unsafe copenssl_cache_sessions(pointer, CLong(SSL_SESS_CACHE_OFF))
        if !resumesSessions { unsafe SSL_CTX_set_options(pointer, copenssl_no_tickets()) }
        // Sessions in which clients have shown certificates belong to a context (SSL_CTX_set_session_id_context(3)).
        let name = Array("switchboard".utf8)
        unsafe SSL_CTX_set_session_id_context(pointer, name, CUnsignedInt(name.count))
    }

    private static func ask(
        _ certificates: TLSServerConfiguration.ClientCertificates,
        _ context: TLSContext
    ) throws(TLSFault) {
        let (roots, mode): (TLSTrustRoots, CInt)
        switch certificates {
        case .ignored: return
        case .requested(let asked): (roots, mode) = (asked, SSL_VERIFY_PEER)
        case .required(let asked):
            (roots, mode) = (asked, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
        }
        try context.trust(roots)
        unsafe SSL_CTX_set_verify(context.pointer, mode, recordFailure)
        for root in roots.certificates {
            let reference = try X509Reference(der: root.der)
            // Told to clients, so that they can choose among several certificates.
            _ = unsafe reference.withPointer { unsafe SSL_CTX_add_client_CA(context.pointer, $0) }
        }
    }

    /// The identity for a name that a client asks for: the first whose certificate is for it.
    func identity(for name: String) -> TLSIdentity? {
        // `.example.org` would be any name below it (X509_check_host(3)).
        guard case .host(let host)? = try? PeerName(name) else { return nil }
        return identities.first { identity in
            unsafe identity.reference.leaf.withPointer { x509 in
                unsafe X509_check_host(x509, host, 0, PeerName.checkFlags, nil) == 1
            }
        }
    }
}

/// Shows the certificate for the name the client asked for (SSL_CTX_set_cert_cb(3)).
private func chooseIdentity(_ ssl: OpaquePointer?, _: UnsafeMutableRawPointer?) -> CInt {
    guard let connection = unsafe TLSConnection.of(ssl),
        case .server(let context) = connection.side,
        let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name),
        let identity = unsafe context.identity(for: String(cString: name))
    else { return 1 }
    let reference = identity.reference
    let issuers = unsafe copenssl_new_certificates()
    defer { unsafe copenssl_free_certificates(issuers) }
    for issuer in reference.issuers {
        _ = unsafe issuer.withPointer { unsafe copenssl_append(issuers, $0) }
    }
    // The key last: it must match the certificate that is set.
    return unsafe reference.leaf.withPointer({ unsafe SSL_use_certificate(ssl, $0) }) == 1
        && SSL_use_PrivateKey(ssl, reference.key) == 1
        && copenssl_set_chain(ssl, issuers) == 1 ? 1 : 0
}

/// Chooses the server's most preferred protocol among those offered
/// (SSL_CTX_set_alpn_select_cb(3)).
private func chooseProtocol(
    _ ssl: OpaquePointer?,
    _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ size: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?,
    _ offeredSize: CUnsignedInt,
    _: UnsafeMutableRawPointer?
) -> CInt {
    guard let connection = unsafe TLSConnection.of(ssl),
        case .server(let context) = connection.side,
        let chosen = unsafe chosen, let size = unsafe size
    else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let list = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredSize))
    for name in context.protocols {
        guard let place = unsafe place(of: name, in: list) else { continue }
        // It may point into what was offered.
        unsafe chosen.pointee = list.baseAddress.map { unsafe $0 + place }
        unsafe size.pointee = UInt8(name.count)
        return SSL_TLSEXT_ERR_OK
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}

/// Where a name begins in a list of names with a byte of length before each.
private func place(of name: [UInt8], in list: UnsafeBufferPointer<UInt8>) -> Int? {
    var place = 0
    while place < list.count {
        let (start, end) = unsafe (place + 1, place + 1 + Int(list[place]))
        guard end <= list.count else { return nil }
        if unsafe list[start..<end].elementsEqual(name) { return start }
        place = end
    }
    return nil
}
