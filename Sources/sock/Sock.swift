import ArgumentParser

@main struct Sock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sock", subcommands: [ChatCommand.self])
}
