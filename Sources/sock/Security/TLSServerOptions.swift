import ArgumentParser
import Files
import Glibc
import Sockets
import TLS

/// Who a command that listens with TLS is, and whom it lets in.
struct TLSServerOptions: ParsableArguments {
    /// A certificate that comes from no file.
    enum MadeCertificate: String, ExpressibleByArgument, CaseIterable {
        case selfSigned = "self-signed"
    }

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Make a certificate for this run; its fingerprint is printed for clients to --pin.",
            valueName: "self-signed"
        )
    )
    var tls: MadeCertificate?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Show clients this certificate: PEM, one's own first. SIGHUP reads it again.",
            valueName: "file"
        ),
        completion: .file()
    )
    var tlsCert: BytePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The key of --tls-cert, in PEM.", valueName: "file"),
        completion: .file()
    )
    var tlsKey: BytePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Let in only clients whose certificate is signed by an authority in this PEM file.",
            valueName: "file"
        ),
        completion: .file()
    )
    var clientCA: BytePath?

    /// Whether any was given, which only makes sense where TLS is spoken.
    var isGiven: Bool { tls != nil || tlsCert != nil || tlsKey != nil || clientCA != nil }

    func validate() throws {
        if (tlsCert == nil) != (tlsKey == nil) {
            throw ValidationError("--tls-cert and --tls-key go together: a certificate and its key")
        }
        if tls != nil, tlsCert != nil {
            throw ValidationError("--tls self-signed and --tls-cert are two certificates: give one")
        }
    }

    /// These, and what a section of the settings says where nothing is given here.
    func completed(by settings: Settings, _ section: String) async throws -> Self {
        var options = self
        if let kind = try await settings.text("\(section).tls", flag: tls?.rawValue) {
            options.tls = MadeCertificate(rawValue: kind)
            guard options.tls != nil else {
                throw Failure(.usage, "TLS of the configuration is self-signed, not \(kind)")
            }
        }
        options.tlsCert = try await settings.path("\(section).tlsCert", flag: tlsCert)
        options.tlsKey = try await settings.path("\(section).tlsKey", flag: tlsKey)
        options.clientCA = try await settings.path("\(section).clientCa", flag: clientCA)
        try Failure.asUsage { try options.validate() }
        return options
    }

    /// The server's side of an endpoint, with a certificate made now where no file is given; nil
    /// where no TLS is spoken.
    ///
    /// - Throws: A usage failure for options that are not for this endpoint; what is wrong with a
    ///   file.
    func server(on endpoint: Endpoint, _ protocols: TLSProtocolOptions) throws -> TLSServer? {
        guard endpoint.isSecure else {
            guard !isGiven, protocols.alpn.isEmpty else {
                throw Failure(
                    .usage,
                    "\(endpoint) is not encrypted: TLS options are for tls and wss"
                )
            }
            return nil
        }
        let names = protocols.protocols(isWebSocket: endpoint.scheme.isWebSocket)
        return try server(for: Self.names(of: endpoint), speaking: names)
    }

    /// A server that clients may call by these names.
    func server(
        for names: [String],
        speaking protocols: [String]
    ) throws(SocketError) -> TLSServer {
        var clients = TLSServerConfiguration.ClientCertificates.ignored
        if let clientCA {
            clients = .required(.only(try Certificate.certificates(file: clientCA.bytes)))
        }
        var files: CertificateFiles?
        if let tlsCert, let tlsKey { files = CertificateFiles(certificate: tlsCert, key: tlsKey) }
        let identity =
            if let files { try files.read() } else { try TLSIdentity.selfSigned(names: names) }
        return TLSServer(
            configuration: try TLSServerConfiguration(
                identities: [identity],
                clientCertificates: clients,
                applicationProtocols: protocols
            ),
            files: files
        )
    }

    /// What a client may call the endpoint.
    static func names(of endpoint: Endpoint) -> [String] {
        switch endpoint.host {
        case .name(let name): [name]
        case .ip(let ip): ip.isAny ? [TLSServer.hostName] : ["\(ip)"]
        case .any, .unix: [TLSServer.hostName]
        }
    }
}
