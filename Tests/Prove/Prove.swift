import ArgumentParser
import Glibc

/// The programs of scripts/prove: two ends each, in processes of their own, over real sockets.
@main struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The two ends of each proof that scripts/prove carries out.",
        subcommands: [ExchangeCommand.self, WitnessCommand.self, HerdCommand.self]
    )
}

/// Which end a program is.
enum Side: String, CaseIterable, ExpressibleByArgument {
    case serve
    case visit
}

/// Prints a line at once: `print` keeps them back when a program reads them.
func say(_ line: String) {
    let line = line + "\n"
    _ = unsafe write(STDOUT_FILENO, line, line.utf8.count)
}
