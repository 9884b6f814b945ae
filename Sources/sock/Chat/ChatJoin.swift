import ArgumentParser
internal import ChatClient
internal import Configuration
internal import Sockets
internal import UnixSignals

/// `sock chat join`: takes part in a chat, from a terminal or in a pipe.
struct ChatJoin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Join a chat.",
        discussion: """
            The server is said by the argument, else by SOCK_CHAT_SERVER, else by the file's \
            "chat": {"server": ...}, else it is 127.0.0.1:12345. Name and room likewise: --nick, \
            SOCK_CHAT_NICK, "nick"; --room, SOCK_CHAT_ROOM, "room".

            In a pipe each line of the input is said, and its end says bye.
            """)

    @Argument(help: ArgumentHelp("The server.", valueName: "endpoint"))
    var server: String?

    @Option(help: "The name to be called by.")
    var nick: String?

    @Option(help: "A room to enter.")
    var room: String?

    @Option(help: "Further attempts when the server cannot be reached.")
    var retry = 0

    @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
    var config: String?

    func validate() throws {
        for (flag, value) in [("--nick", nick), ("--room", room)] {
            guard value?.contains(where: \.isNewline) != true else {
                throw ValidationError("the value of \(flag) has a line end in it")
            }
        }
        guard retry >= 0 else { throw ValidationError("--retry is a number of attempts, from 0 on") }
    }

    func run() async throws {
        let client = ChatClient(try await settings())
        let chat = Task {
            try await client.run { error, pause in
                words("\(error); trying again in \(pause)")
            }
        }
        let signals = Task {
            // The terminal is put in order on the way out.
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup) {
                chat.cancel()
            }
        }
        defer { signals.cancel() }
        try await chat.value
    }

    private func settings() async throws -> ChatClient.Configuration {
        let file = try await ChatConfiguration(file: config)
        return ChatClient.Configuration(
            server: try await file.endpoint("chat.server", flag: server) ?? "127.0.0.1:12345",
            nick: try await file.text("chat.nick", flag: nick),
            room: try await file.text("chat.room", flag: room),
            retryLimit: retry)
    }
}
