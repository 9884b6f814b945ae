import ArgumentParser

/// `sock chat`: serve a chat, or join one.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Chat in rooms, with nothing but lines of text.",
        subcommands: [ChatServe.self, ChatJoin.self])
}
