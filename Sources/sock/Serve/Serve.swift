import ArgumentParser
internal import Configuration
internal import Files
internal import Glibc
internal import HTTP
internal import Sockets
internal import TLS

/// `sock serve`: a folder on the web, until ^C or SIGTERM.
struct Serve: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a folder over HTTP.",
        discussion: """
            Browsers get listings, 2,000 entries a page, and curl -C - and wget -c resume what was \
            cut. With --upload, curl -T FILE stores files. ^C and SIGTERM let requests end, a second \
            one does not.

            Every flag may be a setting: --listen is also SOCK_SERVE_LISTEN, or "listen" of \
            "serve" in the file; --tls-cert is SOCK_SERVE_TLS_CERT and "tlsCert".
            """
    )

    @Argument(
        help: ArgumentHelp("The folder; without it, this one.", valueName: "folder"),
        completion: .directory
    )
    var folder: BytePath?

    @Option(help: ArgumentHelp("Where to listen; 127.0.0.1:8080.", valueName: "endpoint"))
    var listen: String?

    @OptionGroup var security: TLSServerOptions

    @Option(
        help: ArgumentHelp(
            "Write the certificate there, for clients to trust: curl --cacert FILE.",
            valueName: "file"
        ),
        completion: .file()
    )
    var tlsWriteCert: BytePath?

    @Flag(help: "Store what clients send with PUT.")
    var upload = false

    @Option(
        help: ArgumentHelp(
            "The largest file that is stored: 500MB; by default 1Gi.",
            valueName: "size"
        )
    )
    var uploadLimit: ByteSize?

    @Flag(help: "Serve names that begin with a dot too.")
    var hidden = false

    @Flag(help: "List no folders: those without index.html are 403.")
    var noListing = false

    @Flag(help: "Tell of requests as JSON, one object a line, on the standard error.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell of no requests.")
    var quiet = false

    @Option(
        help: ArgumentHelp("A JSON file with settings.", valueName: "file"),
        completion: .file()
    )
    var config: BytePath?

    func run() async throws {
        do {
            try await serve()
        } catch {
            let failure = Failure(error)
            let announcer = Announcer(isJSON: json, isVerbose: false)
            if let message = failure.message { announcer.tell(.failed(message)) }
            throw ExitCode(failure.status.code)
        }
    }

    private func serve() async throws {
        let settings = try await Settings(file: config)
        let path = try await settings.path("serve.folder", flag: folder) ?? "."
        let files = try StaticFiles(root: path, options: try await options(settings))
        let endpoint =
            try await settings.endpoint("serve.listen", flag: listen) ?? "127.0.0.1:8080"
        let tls = try await secured(settings, endpoint)
        DescriptorLimit.raise()
        let log = ServeLog(isJSON: json)
        var configuration = HTTPServer.Configuration()
        if !quiet { configuration.onExchange = { log.tell($0) } }
        try await HTTPServer.listen(on: endpoint, tls: tls?.configuration, configuration) {
            server in
            // Before anybody is told that it listens: a signal may come right then.
            let signals = try Interruption.signals(takesHangUp: tls?.files != nil)
            log.tellServing(path, server, isWritable: files.options.uploads != nil)
            let run = ServeRun(server: server, files: files, log: log, certificate: tls?.files)
            try await run.run(signals, drainLimit: configuration.drainLimit)
        }
        await log.finish()
    }

    /// The server's side of TLS, if it is wanted.
    private func secured(_ settings: Settings, _ endpoint: Endpoint) async throws -> TLSServer? {
        let security = try await security.completed(by: settings, "serve")
        guard security.tls != nil || security.tlsCert != nil else {
            guard security.clientCA == nil, tlsWriteCert == nil else {
                throw Failure(.usage, "this is without TLS: add --tls self-signed or --tls-cert")
            }
            return nil
        }
        let names = TLSServerOptions.names(of: endpoint)
        let server = try security.server(for: names, speaking: ["http/1.1"])
        if let tlsWriteCert, let identity = server.configuration.identities.first {
            try Self.write(identity.certificatePEM, to: tlsWriteCert)
        }
        return server
    }

    private static func write(_ text: String, to path: BytePath) throws(Failure) {
        let file = unsafe open(path.bytes.cString, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw Failure(SystemError(number: errno), "write \(path.printable)")
        }
        defer { close(file) }
        let error = Blocking.write(Array(text.utf8), to: file)
        guard error == 0 else {
            throw Failure(SystemError(number: error), "write \(path.printable)")
        }
    }

    private func options(_ settings: Settings) async throws -> StaticFileOptions {
        var options = StaticFileOptions()
        options.showsHiddenFiles = try await settings.isSet("serve.hidden", flag: hidden)
        options.listsFolders = !(try await settings.isSet("serve.noListing", flag: noListing))
        let limit = try await settings.size("serve.uploadLimit", flag: uploadLimit)
        if try await settings.isSet("serve.upload", flag: upload) {
            var uploads = StaticFileOptions.UploadOptions()
            if let limit { uploads.sizeLimit = limit.bytes }
            options.uploads = uploads
        }
        return options
    }
}
