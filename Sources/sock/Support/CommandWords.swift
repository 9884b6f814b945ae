import ArgumentParser

/// The first words of a command line, which say what command is meant.
///
/// The argument parser takes a word that is no command for one argument too many, and shows the
/// help of the nearest command that it knows; here it is a mistake, with what may have been meant.
enum CommandWords {
    /// - Parameters:
    ///   - arguments: The command line without the program's name.
    ///   - root: The command above all others.
    /// - Throws: A `ValidationError` for a word where a command's name should be and is not.
    static func check(
        _ arguments: [String],
        in root: any ParsableCommand.Type
    ) throws(ValidationError) {
        var command = root
        var path = root._commandName
        var words = arguments[...]
        let isHelp = words.first == "help"
        if isHelp { words.removeFirst() }
        for word in words {
            let subcommands = command.configuration.subcommands
            // What follows a command without subcommands are its own arguments.
            if word.hasPrefix("-") || subcommands.isEmpty && !isHelp { return }
            let names = subcommands.map { $0._commandName }
            guard let index = names.firstIndex(of: word) else {
                throw mistake(word, of: path, names)
            }
            command = subcommands[index]
            path += " " + word
        }
    }

    private static func mistake(
        _ word: String,
        of command: String,
        _ known: [String]
    ) -> ValidationError {
        // Cut to a length at which it can still be compared, and read.
        let shown = String(word.prefix(wordLimit)).printable
        let guesses = suggestions(for: String(word.prefix(wordLimit)), among: known)
        let list = guesses.joined(separator: " or ")
        return ValidationError(
            "\(command) has no command '\(shown)'"
                + (guesses.isEmpty ? "" : ": did you mean \(list)?")
        )
    }

    /// In characters.
    ///
    /// Arbitrary: several times the longest command's name.
    private static let wordLimit = 40

    /// The nearest of the known words, where any is near; else those that begin like it.
    static func suggestions(for word: String, among known: [String]) -> [String] {
        let word = word.lowercased()
        let distances = known.map { (name: $0, distance: editDistance(word, $0)) }
        // One slip in three letters: more, and everything is like everything.
        let limit = max(1, word.unicodeScalars.count / 3)
        if let nearest = distances.map(\.distance).min(), nearest <= limit {
            return distances.filter { $0.distance == nearest }.map(\.name)
        }
        guard !word.isEmpty else { return [] }
        return known.filter { $0.hasPrefix(word) }
    }
}
