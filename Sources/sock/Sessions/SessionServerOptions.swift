import ArgumentParser
import Files
import HTTP
import HTTPCodec
import Sessions
import Sockets

/// What every command takes that serves sessions.
struct SessionServerOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Listen there; 127.0.0.1:7000. May be repeated.",
            discussion:
                "host:port, :port (every address), tls://…, ws://host:port/path, wss://… or unix:/path.",
            valueName: "endpoint"
        )
    )
    var listen: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "WebSocket: let pages from there in, with * those of any; without it, none but of this host.",
            valueName: "origin"
        )
    )
    var origin: [String] = []

    @Option(
        help: ArgumentHelp(
            "Write a ledger of each session into this folder, for sock verify.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var ledger: BytePath?

    @Flag(help: "Tell events as JSON, one object a line, on the standard error.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell of sessions too.")
    var verbose = false

    @Option(
        help: ArgumentHelp("A JSON file with settings.", valueName: "file"),
        completion: .file()
    )
    var config: BytePath?

    /// Where it listens if nobody says.
    static let defaultEndpoint = "127.0.0.1:7000"

    func validate() throws {
        if ledger == "" { throw ValidationError("--ledger takes the name of a folder") }
        for text in origin where text.isEmpty || !HTTPField.isValidValue(text) {
            throw ValidationError("“\(text.printable)” cannot stand in a header field")
        }
    }

    /// These, and what a section of the settings says where nothing is given here.
    private func completed(by settings: Settings, _ section: String) async throws -> Self {
        var options = self
        options.listen = try await settings.texts("\(section).listen", flags: listen) ?? []
        options.origin = try await settings.texts("\(section).origin", flags: origin) ?? []
        options.ledger = try await settings.path("\(section).ledger", flag: ledger)
        try Failure.asUsage { try options.validate() }
        return options
    }

    /// Runs a command as a server, until it is stopped by ^C or SIGTERM.
    ///
    /// - Parameters:
    ///   - section: The command's, of the settings.
    ///   - tls: Who it is, where TLS is spoken.
    ///   - board: Where a status is shown; nil for none.
    ///   - invitation: What a client would type to come.
    ///   - body: Serves, with whatever else the settings say.
    /// - Throws: The exit code, when everything has been told.
    func run(
        _ section: String,
        _ tls: TLSServerOptions,
        board: StatusWriter? = nil,
        invitation: @escaping @Sendable (Endpoint) -> String,
        _ body: @escaping @Sendable (SessionService, Settings) async throws -> Void
    ) async throws {
        let announcer = Announcer(isJSON: json, isVerbose: verbose, board: board)
        try await CommandRun(announcer: announcer)
            .run(onSignal: ExitStatus.stopped(by:)) { announcer in
                DescriptorLimit.raise()
                let settings = try await Settings(file: config)
                let options = try await completed(by: settings, section)
                var configuration = SessionServerConfiguration()
                configuration.ledger = try options.ledger.map { try .existing($0) }
                let server = SessionServer(configuration)
                let doors = SessionDoors(
                    options.listen,
                    origins: options.origins,
                    try await tls.completed(by: settings, section)
                )
                try await doors.open(announcer, invitation) { doors in
                    try await body(SessionService(server, doors, announcer), settings)
                }
            }
    }

    private var origins: WebSocketOrigins {
        if origin.contains("*") { return .any }
        return origin.isEmpty ? .sameHost : .only(Set(origin))
    }
}
