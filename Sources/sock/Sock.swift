import ArgumentParser

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
            128 and the signal's number when a transfer was interrupted (130 for ^C).
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
            let arguments = Array(CommandLine.arguments.dropFirst())
            try CommandWords.check(arguments, in: Sock.self)
            var command = try parseAsRoot(ShortOptions.separated(arguments))
            // First of all: what it starts is to have no privilege that is not needed.
            (command as? any PrivilegedCommand)?.preparePrivileges()
            if command is any InterruptibleCommand { Interruption.prepare() }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
