import ArgumentParser
import Foundation
import Testing

@testable import sock

/// Every command of `sock` with its options, as the program itself tells them.
struct CommandTree {
    struct Option: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        let names: [Name]?
        let valueName: String?
        let abstract: String?

        var takesValue: Bool { kind == "option" }
        var letters: [Character] {
            (names ?? []).filter { $0.kind == "short" }.compactMap(\.name.first)
        }
        var longNames: [String] {
            (names ?? []).filter { $0.kind == "long" }.map { "--" + $0.name }
        }
    }

    struct Command: Decodable {
        let commandName: String
        let subcommands: [Command]?
        let arguments: [Option]?
    }

    /// Their words, without `sock`, and their options.
    let commands: [(words: [String], options: [Option])]

    init() throws {
        struct Dump: Decodable { let command: Command }
        let outcome = try SockProgram.run("--experimental-dump-help")
        let dump = try JSONDecoder().decode(Dump.self, from: outcome.output)
        commands = Self.all(dump.command, []).filter { $0.words != ["help"] }
        try #require(commands.count > 20)
    }

    private static func all(
        _ command: Command,
        _ words: [String]
    ) -> [(words: [String], options: [Option])] {
        [(words, command.arguments ?? [])]
            + (command.subcommands ?? []).flatMap { all($0, words + [$0.commandName]) }
    }

    /// What the parser says against a command line; empty when it takes it.
    static func complaint(about arguments: [String]) -> String {
        do {
            _ = try Sock.parseAsRoot(ShortOptions.separated(arguments))
            return ""
        } catch {
            return Sock.message(for: error)
        }
    }
}
