import Files
import Glibc
import Sockets
import TLS

/// The certificate and key of a server in files.
struct CertificateFiles: Sendable {
    let certificate: BytePath
    let key: BytePath

    func read() throws(SocketError) -> TLSIdentity {
        try TLSIdentity(certificateFile: certificate.bytes, keyFile: key.bytes)
    }
}

/// A command's side as a TLS server.
struct TLSServer: Sendable {
    let configuration: TLSServerConfiguration
    /// Nil when the certificate was made for this run.
    let files: CertificateFiles?

    /// How long a client may take for the handshake.
    ///
    /// The same as ``HTTP/HTTPServer``'s: five packets, on a bad radio link.
    static let handshakeLimit = Duration.seconds(10)

    /// What this machine calls itself, if that can stand in a certificate.
    static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let text = String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        return (try? Endpoint.Host(text)) == nil ? "localhost" : text
    }()

    /// Tells who the server is, and from now on reads its files again on SIGHUP.
    ///
    /// `invitation` is what a client would type to come.
    func begin(
        on endpoint: Endpoint,
        _ announcer: Announcer,
        invitation: @escaping @Sendable (Endpoint) -> String = { "sock connect \($0)" }
    ) {
        tell(endpoint, isReloaded: false, announcer, invitation)
        guard let files else { return }
        Interruption.onHangUp {
            do throws(SocketError) {
                try configuration.reload([try files.read()])
                tell(endpoint, isReloaded: true, announcer, invitation)
            } catch {
                announcer.tell(.notReloaded(reason: "\(error)"))
            }
        }
    }

    private func tell(
        _ endpoint: Endpoint,
        isReloaded: Bool,
        _ announcer: Announcer,
        _ invitation: @Sendable (Endpoint) -> String
    ) {
        guard let own = configuration.identities.first?.certificates.first else { return }
        announcer.tell(
            .certificate(
                ServerCertificate(
                    certificate: own,
                    invitation: invitation(ServerCertificate.reachable(endpoint)),
                    isMade: files == nil,
                    isReloaded: isReloaded
                )
            )
        )
    }

    /// Makes the handshake with a client.
    func accept(
        _ connection: StreamConnection
    ) async throws(SocketError) -> TLSStream<StreamConnection> {
        try await withDeadline(.after(Self.handshakeLimit)) { () async throws(SocketError) in
            try await TLSStream.accept(over: connection, configuration: configuration)
        }
    }
}

/// A server's certificate, as it is told.
struct ServerCertificate {
    let certificate: Certificate
    /// What a client would type.
    let invitation: String
    /// Made for this run: nobody can know it but by what is told here.
    let isMade: Bool
    let isReloaded: Bool

    var isAlwaysSaid: Bool { isMade || isReloaded }

    var words: String {
        guard isMade else {
            let words = "\(certificate.subject), until \(certificate.notAfter), \(fingerprint)"
            return isReloaded ? "the certificate is now \(words)" : "the certificate is \(words)"
        }
        return """
            the certificate is self-signed, for this run; clients trust it by its fingerprint:
              \(invitation) --pin \(fingerprint)
            """
    }

    var json: JSONLine {
        [
            "event": .text("certificate"), "self_signed": .flag(isMade),
            "reloaded": .flag(isReloaded), "subject": .text(certificate.subject),
            "not_after": .text("\(certificate.notAfter)"),
            "sha256": .text("\(fingerprint)"),
        ]
    }

    private var fingerprint: CertificateFingerprint { certificate.fingerprint }

    /// Where a client goes: every address is none to call.
    static func reachable(_ endpoint: Endpoint) -> Endpoint {
        guard case .ip(let ip) = endpoint.host, ip.isAny,
            let host = try? Endpoint.Host(TLSServer.hostName),
            let named = try? Endpoint(
                scheme: endpoint.scheme,
                host: host,
                port: endpoint.port,
                path: endpoint.path
            )
        else { return endpoint }
        return named
    }
}
