import ArgumentParser
import Glibc
import Sockets

/// The programs of scripts/prove: two ends each, in processes of their own, over real sockets.
@main struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The two ends of each proof that scripts/prove carries out.",
        subcommands: [ExchangeCommand.self, WitnessCommand.self, HerdCommand.self]
    )
}

/// Which end of a proof a program is, and where it meets the other.
struct End: ParsableArguments {
    @Argument(help: "Which end.")
    var side: Side

    @Argument(help: "Where to listen, or to connect to.", transform: { try Endpoint($0) })
    var endpoint: Endpoint
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
