import ArgumentParser

/// `sock chat`: serve a chat, or join one.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Chat in rooms, with nothing but lines of text.",
        subcommands: [ChatServe.self, ChatJoin.self])

    /// How both speak of what happens.
    static let announcer = Announcer(isJSON: false, isVerbose: false)

    /// Runs a command: the words and the status it ends with.
    static func run(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            let failure = Failure(error)
            if let message = failure.message { announcer.tell(.failed(message)) }
            throw ExitCode(failure.status.code)
        }
    }
}
