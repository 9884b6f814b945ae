import ArgumentParser
import Files
import Sessions
import Sockets

/// What every command takes that is one end of a session.
struct SessionOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End with status 2 when everything has taken so long: 5s, 2m; 5 is 5 seconds.",
            valueName: "time"
        )
    )
    var timeout: Seconds?

    @Option(
        help: ArgumentHelp(
            "Write a ledger of each session into this folder, for sock verify.",
            valueName: "folder"
        ),
        completion: .directory
    )
    var ledger: BytePath?

    @Flag(help: "Tell events as JSON, one object a line; what comes in pieces too.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell of connections and counts too.")
    var verbose = false

    func validate() throws {
        if ledger == "" { throw ValidationError("--ledger takes the name of a folder") }
    }

    /// Runs a command as a client, with a session that outlives its connections.
    ///
    /// - Parameters:
    ///   - text: Where the server is.
    ///   - tls: How the server is made sure of.
    ///   - board: Where a status is shown; nil for none.
    ///   - looking: What to look at before anybody is connected to.
    ///   - renews: Whether a server that has forgotten the session is no end: `body` is called again
    ///     then, with another.
    ///   - body: What to do with a session.
    /// - Throws: The exit code, when everything has been told.
    func run(
        to text: String,
        _ tls: TLSClientOptions,
        board: StatusWriter? = nil,
        looking: @escaping @Sendable (Announcer) async throws -> Void = { _ in },
        renews: Bool,
        _ body: @escaping @Sendable (Session, Announcer) async throws -> Void
    ) async throws {
        let announcer = Announcer(isJSON: json, isVerbose: verbose, board: board)
        let ledger = ledger
        try await CommandRun(announcer: announcer, timeout: timeout)
            .run(onSignal: ExitStatus.interrupted(by:)) { announcer in
                let endpoint = try Endpoint.session(text)
                try await looking(announcer)
                let dialer = try SessionDialer(to: endpoint, tls, announcer)
                var configuration = SessionClientConfiguration()
                configuration.renews = renews
                configuration.ledger = try ledger.map { try .existing($0) }
                let notes = SessionNotes(endpoint, announcer)
                try await Session.connect(
                    to: [endpoint],
                    configuration,
                    transport: { try await dialer.stream(to: $0) }
                ) { session in
                    try await notes.watching(session) { try await body(session, announcer) }
                }
            }
    }
}
