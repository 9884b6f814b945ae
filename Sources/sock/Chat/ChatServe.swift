import ArgumentParser
internal import ChatServer
internal import Configuration
import Files
internal import Sockets

/// `sock chat serve`: runs a chat until ^C or SIGTERM.
struct ChatServe: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a chat that people join with nc or sock chat join.",
        discussion: """
            Where it listens is said by --listen, else by SOCK_CHAT_LISTEN (separated by commas), \
            else by the file's "chat": {"listen": [...]}, else it is 127.0.0.1:12345.
            """
    )

    @Option(
        name: .customLong("listen"),
        help: ArgumentHelp("Where to listen; may be repeated.", valueName: "endpoint")
    )
    var listen: [String] = []

    @Option(
        help: ArgumentHelp("A JSON file with settings.", valueName: "file"),
        completion: .file()
    )
    var config: BytePath?

    func run() async throws {
        try await ChatCommand.run {
            let configuration = try await Settings(file: config)
            let endpoints =
                try await configuration.endpoints("chat.listen", flags: listen)
                ?? ["127.0.0.1:12345"]
            DescriptorLimit.raise()
            let server = ChatServer(.init(endpoints: endpoints)) { addresses in
                for address in addresses { Self.report(address) }
            }
            try await Self.run(server)
        }
    }

    /// Runs a server until it is stopped: kindly by the first signal, at once by the second.
    private static func run(_ server: ChatServer) async throws {
        // Before anybody is told that it listens: a signal may come right then.
        let signals = try Interruption.signals()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                var isFirst = true
                for await _ in signals {
                    guard isFirst else { return }
                    isFirst = false
                    Self.say("stopping; once more to stop at once")
                    server.stop()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func report(_ address: SocketAddress) {
        ChatCommand.announcer.tell(.listening(Endpoint(address)))
        let ours = "sock chat join \(Endpoint(address))"
        say("join with: \(netcat(address).map { "\($0)   or: " } ?? "")\(ours)")
    }

    /// How `nc` gets there; nil where not every `nc` does.
    private static func netcat(_ address: SocketAddress) -> String? {
        switch address {
        case .v4(let ip, let port): "nc \(ip.isAny ? .loopback : ip) \(port)"
        case .v6(let ip, let port): "nc \(ip.isAny ? .loopback : ip) \(port)"
        case .unix(let unix): unix.path.map { "nc -U \($0)" }
        }
    }

    private static func say(_ words: String) {
        ChatCommand.announcer.say(words)
    }
}
