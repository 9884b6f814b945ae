import ArgumentParser
import Files
import Sessions
import Sockets

/// `sock send`: files and folders to a `sock receive`.
struct Send: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send files and folders to sock receive.",
        usage: "sock send [<options>] <path> ... <endpoint>",
        discussion: """
            A folder goes under its own name, with everything below it, empty folders too; links and special \
            files in it are left out. A file is there when all of it is, and its SHA-256 is the same. Names \
            are sent as they are, in whatever encoding, up to 4,095 bytes and 255 between two slashes.

            A new file gets the permissions that it has here, as far as the receiver's umask lets it (0600 \
            stays 0600, also while it is coming); one that is replaced keeps those it has there. The time of \
            its last change goes with it; owners, set-user-ID bits and attributes do not.

            When the connection is lost another is made, and what was sent is not sent again; also when the \
            receiver was restarted, and when this command is run again. What becomes of each file is told on \
            the standard error; on a terminal only what goes wrong, unless -v is given. Status 1 if \
            anything is not there: refused, unreadable, or left out.
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
        let paths = words.dropLast().map { BytePath(argument: $0) }
        let board = StatusWriter(isPlain: options.json)
        let found = Lock<SendRun?>(nil)
        do {
            // Once, before anybody is connected to, and not again in another session.
            let look = { @Sendable (announcer: Announcer) in
                let run = SendRun(try OutgoingFiles(paths), board, announcer)
                found.withLock { $0 = run }
                guard run.hasWork else { throw run.failure() }
            }
            try await options.run(to: endpoint, tls, board: board, looking: look, renews: true) {
                session,
                _ in
                try await found.withLock { $0 }?.send(in: session)
            }
        } catch {
            found.withLock { $0 }?.tellHowFar()
            await board.finish()
            throw error
        }
    }
}
