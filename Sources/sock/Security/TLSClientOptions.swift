import ArgumentParser
import Files
import Sockets
import TLS

/// How a command makes sure of a server it calls by TLS, and says who it is itself.
struct TLSClientOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Trust the server whose certificate has this SHA-256 fingerprint, and no other.",
            discussion: "May be given several times. Names and dates do not matter then.",
            valueName: "fingerprint"
        ),
        transform: TLSClientOptions.fingerprint
    )
    var pin: [CertificateFingerprint] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Trust the authorities in this PEM file in place of the system's.",
            valueName: "file"
        ),
        completion: .file()
    )
    var ca: BytePath?

    @Flag(help: "Talk to whoever answers, whatever its certificate: only for trying things out.")
    var insecure = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Show a server that asks this certificate: PEM, one's own first.",
            valueName: "file"
        ),
        completion: .file()
    )
    var cert: BytePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The key of --cert, in PEM.", valueName: "file"),
        completion: .file()
    )
    var key: BytePath?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The name to ask the server for and to check its certificate for, when it is not the host's.",
            valueName: "host"
        )
    )
    var name: String?

    /// 64 hexadecimal digits, with or without colons.
    private static func fingerprint(_ text: String) throws -> CertificateFingerprint {
        if let fingerprint = CertificateFingerprint(text) { return fingerprint }
        throw ValidationError(
            "a SHA-256 fingerprint is 64 hexadecimal digits, with or without colons, not “\(text)”"
        )
    }

    /// Whether any was given, which only makes sense where TLS is spoken.
    var isGiven: Bool {
        !pin.isEmpty || ca != nil || insecure || cert != nil || key != nil || name != nil
    }

    func validate() throws {
        if (cert == nil) != (key == nil) {
            throw ValidationError("--cert and --key go together: a certificate and its key")
        }
        let ways = [!pin.isEmpty, ca != nil, insecure].filter { $0 }
        if ways.count > 1 {
            throw ValidationError("--pin, --ca and --insecure are three ways to trust: give one")
        }
    }

    /// The configuration the options ask for.
    ///
    /// - Throws: What is wrong with a file, or with a name.
    func configuration(offering protocols: [String]) throws(SocketError) -> TLSClientConfiguration {
        try configuration(
            offering: protocols,
            verification: insecure ? .recorded : pin.isEmpty ? .full : .pinned(Set(pin))
        )
    }

    /// The configuration the options ask for, but for how the server is checked.
    func configuration(
        offering protocols: [String],
        verification: TLSClientConfiguration.Verification
    ) throws(SocketError) -> TLSClientConfiguration {
        var roots = TLSTrustRoots.system
        if let ca { roots = .only(try Certificate.certificates(file: ca.bytes)) }
        var identity: TLSIdentity?
        if let cert, let key {
            identity = try TLSIdentity(certificateFile: cert.bytes, keyFile: key.bytes)
        }
        return try TLSClientConfiguration(
            trustRoots: roots,
            verification: verification,
            identity: identity,
            applicationProtocols: protocols
        )
    }

    /// What the server's certificate must be for.
    func name(for endpoint: Endpoint) -> String {
        // Read as hosts are; what is none is refused with words where it is used.
        if let name { return (try? Endpoint.Host(name)).flatMap { Self.name(of: $0) } ?? name }
        return Self.name(of: endpoint.host) ?? "localhost"
    }

    private static func name(of host: Endpoint.Host) -> String? {
        switch host.withoutZone {
        case .name(let name): name
        case .ip(let ip): "\(ip)"
        case .any, .unix: nil
        }
    }
}
