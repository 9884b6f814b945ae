import ArgumentParser
import Glibc

/// The command `sock`: sockets for the terminal.
@main
struct Sock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sock",
        abstract: "Sockets for the terminal.",
        discussion: """
            Data goes to the standard output, words to the standard error.

            Endpoints: localhost:12345, tcp://host:port, [::1]:80, :12345 (every address, to \
            listen on), tls://host:port, ws://host/path, wss://host/path, unix:/run/x, \
            unix:@abstract, udp://host:port, unix-datagram:/run/x.

            Times are 20ms, 1.5s, 2m or 1h; a number alone is seconds. Sizes are 800, 64k, 10MB \
            (thousands) or 64Ki, 1MiB (of 1024).

            Exit status: 0 done, 1 the network or the peer failed, 2 a deadline passed, 64 usage; \
            128 and the signal's number when a transfer was interrupted (130 for ^C). A job that a \
            script starts with & ignores ^C, as it inherits that; SIGTERM ends it.
            """,
        version: "sock 0.1.0",
        subcommands: [
            ChatCommand.self,
            Listen.self,
            Connect.self,
            Relay.self,
            TLSCommand.self,
            Replay.self,
            Resolve.self,
            Ping.self,
            Trace.self,
            Scan.self,
            Capture.self,
            Serve.self,
            Get.self,
            SessionsCommand.self,
            Call.self,
            Subscribe.self,
            Publish.self,
            Send.self,
            Receive.self,
            Verify.self,
        ]
    )

    static func main() async {
        do {
            let arguments = ProgramArguments.texts
            try CommandWords.check(arguments, in: Sock.self)
            var command = try parseAsRoot(ShortOptions.separated(arguments))
            try prepare(command)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
        ProgramEnd.exit(.done)
    }

    /// What comes before any command runs.
    private static func prepare(_ command: any ParsableCommand) throws {
        // Writing to a pipe that nobody reads is an error of the call.
        signal(SIGPIPE, SIG_IGN)
        // First of all: what it starts is to have no privilege that is not needed.
        (command as? any PrivilegedCommand)?.preparePrivileges()
        guard command is any AsyncParsableCommand else { return }
        if command is any InterruptibleCommand { try Interruption.prepare() }
        try ProgramResources.secure()
    }

    /// Says why, and ends: help and the like on the standard output, everything else on the standard error.
    private static func end(with error: any Error) -> Never {
        if let failure = error as? Failure { ProgramEnd.exit(after: failure) }
        let status = ExitStatus(code: exitCode(for: error).rawValue)
        let text = fullMessage(for: error)
        guard status != .done else {
            if !text.isEmpty { Printer.print(text) }
            ProgramEnd.exit(.done)
        }
        // ArgumentParser's word before a mistake; ours is the program's name, as for all others.
        let prefix = "Error: "
        let words = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        // An exit code by itself has told its reason.
        if !words.isEmpty { ProgramEnd.tell(words) }
        ProgramEnd.exit(status)
    }
}
