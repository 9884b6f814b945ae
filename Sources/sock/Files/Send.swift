import ArgumentParser
import Sessions
import Sockets

/// `sock send`: files and folders to a `sock receive`.
struct Send: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send files and folders to sock receive.",
        usage: "sock send [<options>] <path> ... <endpoint>",
        discussion: """
            A folder goes under its own name, with everything below it; links and special files in it are \
            left out, which is told, and so are folders without files. A file is there when all of it is, \
            and its SHA-256 is the same.

            When the connection is lost another is made, and what was sent is not sent again; also when the \
            receiver was restarted, and when this command is run again. What became of each file is told on \
            the standard error; status 1 if any is not there.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Files and folders, and where to: host:port, tls://…, ws://…, wss://… or unix:/path.",
            valueName: "path… endpoint"
        ),
        completion: .file()
    )
    var words: [String]

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup var options: SessionOptions

    func validate() throws {
        guard words.count >= 2 else {
            throw ValidationError("say what to send and where to: sock send PATH… ENDPOINT")
        }
    }

    func run() async throws {
        let endpoint = words[words.count - 1]
        let paths = Array(words.dropLast())
        let board = StatusWriter(isPlain: options.json)
        let files = Lock<SendRun?>(nil)
        try await options.run(to: endpoint, tls, board: board, renews: true) {
            session,
            announcer in
            // Looked for once, before anything is sent, and not again in another session.
            let run = try files.withLock { files throws(Failure) in
                if let files { return files }
                let run = SendRun(try OutgoingFiles(paths), board, announcer)
                files = run
                return run
            }
            try await run.send(in: session)
        }
    }
}
