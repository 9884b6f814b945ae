import Foundation
package import Sockets

/// Prints a line at once: `print` keeps them back when a program reads them.
package func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// What a program was asked to do: `PROGRAM VERB ENDPOINT REST…`.
package struct Request {
    package let verb: String
    package let endpoint: Endpoint
    package let rest: [String]

    /// Reads the command line; tells how it should be, and exits, when it is not.
    package init(usage: String) {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            guard arguments.count >= 2 else { Self.exit(with: usage) }
            verb = arguments[0]
            endpoint = try Endpoint(arguments[1])
            rest = Array(arguments.dropFirst(2))
        } catch {
            Self.exit(with: "\(error)")
        }
    }

    /// Tells how the program is used, and ends it.
    package static func exit(with words: String) -> Never { end(words, status: 64) }
}

/// Tells what went wrong, and ends the program.
package func fail(_ error: any Error) -> Never { end("\(error)", status: 1) }

private func end(_ words: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data((words + "\n").utf8))
    exit(status)
}
