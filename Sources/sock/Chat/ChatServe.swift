import ArgumentParser
internal import ChatServer
internal import Configuration
internal import Sockets
internal import UnixSignals

/// `sock chat serve`: runs a chat until ^C or SIGTERM.
struct ChatServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a chat that people join with nc or sock chat join.",
        discussion: """
            Where it listens is said by --listen, else by SOCK_CHAT_LISTEN (separated by commas), \
            else by the file's "chat": {"listen": [...]}, else it is 127.0.0.1:12345.
            """)

    @Option(
        name: .customLong("listen"),
        help: ArgumentHelp("Where to listen; may be repeated.", valueName: "endpoint"))
    var listen: [String] = []

    @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
    var config: String?

    func run() async throws {
        let endpoints = try await endpoints()
        DescriptorLimit.raise()
        let server = ChatServer(.init(endpoints: endpoints)) { addresses in
            for address in addresses { report(address) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask {
                // The first signal stops kindly, the second at once.
                var isFirst = true
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                    guard isFirst else { return }
                    isFirst = false
                    words("stopping; once more to stop at once")
                    server.stop()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func endpoints() async throws -> [Endpoint] {
        let configuration = try await ChatConfiguration(file: config)
        return try await configuration.endpoints("chat.listen", flags: listen)
            ?? ["127.0.0.1:12345"]
    }
}

private func report(_ address: SocketAddress) {
    words("listening on \(Endpoint(address))")
    words("join with: \(netcat(address))   or: sock chat join \(Endpoint(address))")
}

private func netcat(_ address: SocketAddress) -> String {
    switch address {
    case .v4(let ip, let port): "nc \(ip.isAny ? .loopback : ip) \(port)"
    case .v6(let ip, let port): "nc \(ip.isAny ? .loopback : ip) \(port)"
    case .unix(let unix): "nc -U \(unix)"
    }
}
