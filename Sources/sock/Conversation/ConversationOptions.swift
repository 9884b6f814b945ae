import ArgumentParser
import Files
import Sockets

/// What is done with the bytes of a connection on their way.
struct ConversationOptions: ParsableArguments {
    @Flag(help: "Show what comes (<) and goes (>) as a hex dump.")
    var hex = false

    @Flag(help: "Let a terminal have every byte as it comes, escapes and all.")
    var raw = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Send at most so many bytes a second on each connection, evenly: 800, 10k, 1.5M, 64Ki.",
            discussion: "k, M and G are powers of 1000; Ki, Mi and Gi of 1024.",
            valueName: "rate"
        )
    )
    var rate: ByteRate?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Record what comes and goes, and when, for sock replay; a file there is overwritten.",
            valueName: "file"
        ),
        completion: .file()
    )
    var record: BytePath?

    func validate() throws {
        if hex, raw { throw ValidationError("--hex and --raw are two ways to show what comes") }
        if record == "" { throw ValidationError("--record takes the name of a file") }
    }

    /// Runs `body` with the recording open, and closes it whatever happens.
    ///
    /// - Throws: The error of `body`; if it has none, a failure of the recording, which has been
    ///   told.
    func conversing(
        _ common: CommonOptions,
        _ announcer: Announcer,
        _ side: RecordingHeader.Side,
        _ endpoint: Endpoint,
        _ body: (Conversations) async throws -> Void
    ) async throws {
        var recorder: Recorder?
        if let record {
            recorder = try Recorder(path: record, side, endpoint: "\(endpoint)", announcer)
        }
        let conversations = Conversations(
            self,
            idle: common.idle?.duration,
            announcer,
            recorder
        )
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(conversations))
        } catch {
            result = .failure(error)
        }
        let failure = await recorder?.finish()
        try result.get()
        if let failure { throw failure }
    }
}
