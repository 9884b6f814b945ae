public import ArgumentParser
public import Files

// So that no command can take a path of its command line for a text, which would name another file.
extension BytePath: ExpressibleByArgument {
    /// The path that a word of the command line means: its bytes.
    public init(argument word: String) { self.init(ProgramArguments.bytes(of: word)) }

    /// The path in a help text.
    public var defaultValueDescription: String { printable }
}

extension JSONLine {
    /// Appends a path: as text, and when it is not UTF-8 its bytes too, in hexadecimal digits.
    mutating func append(_ key: String, _ path: BytePath) {
        append(key, .text(path.description))
        guard path.text == nil else { return }
        let digits = path.bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count < 2 ? "0" + text : text
        }
        append(key + "_bytes", .text(digits.joined()))
    }
}
