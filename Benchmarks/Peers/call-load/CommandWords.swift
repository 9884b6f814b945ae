import Glibc

/// The words of a command line, one after the other; where they are not what the program wants, it ends
/// with its usage.
public struct CommandWords {
    private let usage: String
    private var words = CommandLine.arguments.dropFirst()

    /// Those of this program, which is used like this.
    public init(usage: String) { self.usage = usage }

    /// The next word, whatever it is.
    public mutating func word() -> String {
        guard let word = words.popFirst() else { endWithUsage() }
        return word
    }

    /// The last word, before those that are still to come.
    public mutating func lastWord() -> String {
        guard let word = words.popLast() else { endWithUsage() }
        return word
    }

    /// The next word, which is a number and not negative.
    public mutating func number<Number: LosslessStringConvertible & Numeric & Comparable>()
        -> Number
    {
        guard let number = Number(word()), number >= 0 else { endWithUsage() }
        return number
    }

    /// Whether the next word is this one, which is then taken.
    public mutating func take(_ option: String) -> Bool {
        guard words.first == option else { return false }
        words.removeFirst()
        return true
    }

    /// No word is left.
    public func end() {
        guard words.isEmpty else { endWithUsage() }
    }

    /// Ends the program as sysexits.h has it for wrong usage.
    public func endWithUsage() -> Never { fail(usage, status: EX_USAGE) }
}

/// Ends the program with a line on the standard error: a measurement that fails is no crash.
public func fail(_ text: String, status: Int32 = 1) -> Never {
    let line = text + "\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
    exit(status)
}
