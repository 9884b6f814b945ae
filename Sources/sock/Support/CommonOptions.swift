import ArgumentParser

/// What every command that moves bytes takes.
struct CommonOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End with status 2 when everything has taken so long: 5s, 2m; 5 is 5 seconds.",
            valueName: "time"
        )
    )
    var timeout: Seconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End with status 2 when no byte has moved either way for so long: 500ms, 30s.",
            valueName: "time"
        )
    )
    var idle: Seconds?

    @Flag(help: "Tell events as JSON, one object a line, on the standard error.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell of connections and counts too.")
    var verbose = false

    /// Runs a command: its deadline, its signals, and the words and status it ends with.
    ///
    /// - Parameters:
    ///   - status: What a signal means for the shell.
    ///   - body: What to run.
    /// - Throws: The exit code, when everything has been told.
    func run(
        onSignal status: @escaping @Sendable (CInt) -> ExitStatus,
        _ body: @escaping @Sendable (Announcer) async throws -> Void
    ) async throws {
        let announcer = Announcer(isJSON: json, isVerbose: verbose)
        try await CommandRun(announcer: announcer, timeout: timeout, idle: idle)
            .run(onSignal: status, body)
    }
}
