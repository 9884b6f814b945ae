/// Short options of which one has a value, in one word: `-vc3` is `-v -c3`, as getopt(3) reads it.
///
/// The argument parser takes a joined value only behind a first letter, and of `-vc3` would blame
/// what comes next.
enum ShortOptions {
    /// The letters of a command: flags, and those that take a value.
    struct Letters: Equatable {
        let flags: Set<Character>
        let values: Set<Character>
    }

    /// Of the commands that have letters with a value.
    static let letters: [String: Letters] = [
        "capture": Letters(flags: ["v"], values: ["i", "o", "c"]),
        "get": Letters(flags: ["O", "v"], values: ["o", "u"]),
        "ping": Letters(flags: ["4", "6"], values: ["c", "i", "s", "W"]),
        "trace": Letters(flags: ["4", "6"], values: ["m", "q"]),
    ]

    /// The command line with the flags before such an option in a word of their own.
    static func separated(_ arguments: [String]) -> [String] {
        guard let letters = arguments.first.flatMap({ letters[$0] }) else { return arguments }
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].flatMap { separated($0, letters) } + arguments[end...]
    }

    private static func separated(_ word: String, _ letters: Letters) -> [String] {
        guard word.first == "-", let second = word.dropFirst().first, second != "-" else {
            return [word]
        }
        let value = word.dropFirst().drop { letters.flags.contains($0) }
        guard let option = value.first, letters.values.contains(option),
            value.count < word.count - 1
        else { return [word] }
        return [String(word.dropLast(value.count)), "-" + value]
    }
}
