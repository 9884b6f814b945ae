import ArgumentParser
internal import ChatClient
internal import Configuration
import Files
internal import Sockets

/// `sock chat join`: takes part in a chat, from a terminal or in a pipe.
struct ChatJoin: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Join a chat.",
        usage: """
            sock chat join [<options>] [<endpoint>]
            sock chat join [<options>] <host> <port>
            """,
        discussion: """
            The server is said by the argument, else by SOCK_CHAT_SERVER, else by the file's \
            "chat": {"server": ...}, else it is 127.0.0.1:12345. Name and room likewise: --nick, \
            SOCK_CHAT_NICK, "nick"; --room, SOCK_CHAT_ROOM, "room".

            In a pipe each line of the input is said, and its end says bye.
            """
    )

    @Argument(help: ArgumentHelp("The server.", valueName: "endpoint"))
    var server: String?

    @Argument(help: EndpointHelp.port)
    var port: String?

    @Option(help: "The name to be called by.")
    var nick: String?

    @Option(help: "A room to enter.")
    var room: String?

    @Option(help: "Further attempts when the server cannot be reached.")
    var retry = 0

    @Option(
        help: ArgumentHelp("A JSON file with settings.", valueName: "file"),
        completion: .file()
    )
    var config: BytePath?

    func run() async throws {
        try await ChatCommand.run {
            let client = ChatClient(try await settings())
            try await Interruption.watching({ .interrupted(by: $0) }) { [retry] in
                try await client.run { error, pause, attempt in
                    ChatCommand.announcer.tell(
                        .retrying(
                            reason: "\(error)",
                            pause: pause,
                            attempt: attempt,
                            limit: retry
                        )
                    )
                }
            }
        }
    }

    private func settings() async throws -> ChatClient.Configuration {
        let file = try await Settings(file: config)
        let nick = try await file.text("chat.nick", flag: nick)
        let room = try await file.text("chat.room", flag: room)
        for (name, value) in [("name", nick), ("room", room)] {
            guard value?.contains(where: \.isNewline) != true else {
                throw Failure(.usage, "the \(name) has a line end in it")
            }
        }
        guard retry >= 0 else { throw Failure(.usage, "--retry is a number from 0 on") }
        return ChatClient.Configuration(
            server: try await file.endpoint(
                "chat.server",
                flag: try server.map { try EndpointWords.joined($0, port) }
            ) ?? "127.0.0.1:12345",
            nick: nick,
            room: room,
            retryLimit: retry
        )
    }
}
