extension TextFace {
    /// What one line from a person asks for.
    ///
    /// Names are as typed: whether they are names is for the one who acts on the command.
    public enum Command: Hashable, Sendable {
        /// An empty line, or one of blanks: nothing.
        case nothing
        /// Plain text, or `//text` for text that starts with a slash.
        case say(String)
        /// `/me TEXT`
        case act(String)
        /// `/nick NAME`
        case nick(String)
        /// `/who [ROOM]`
        case who(String?)
        /// `/rooms`
        case rooms
        /// `/join ROOM`
        case join(String)
        /// `/leave [ROOM]`
        case leave(String?)
        /// `/msg NAME TEXT`
        case message(to: String, String)
        /// `/help`
        case help
        /// `/quit [WORDS]`, or `bye` alone.
        case quit(String?)
        /// A command without what it needs; this is how it is written.
        case incomplete(usage: String)
        /// A slash and something else.
        case unknown(String)
    }
}

extension TextFace.Command {
    /// Reads one line.
    ///
    /// Commands are recognised in any case. The text of `/me` and `/msg` starts after one space
    /// and keeps all others; other arguments lose the blanks around them.
    ///
    /// - Parameters:
    ///   - line: the bytes of the line without its newline; one carriage return at its end is
    ///     taken off.
    ///   - limit: how many bytes a line may have, its ending not counted.
    /// - Returns: what the line asks for.
    /// - Throws: ``TextFace/InputProblem`` if the bytes are no line of text.
    public static func parse(
        _ line: Span<UInt8>,
        limit: Int = ChatLimits().lineSizeLimit
    ) throws(TextFace.InputProblem) -> TextFace.Command {
        let text = try TextFace.text(line, limit: limit)
        let trimmed = trim(text.utf8[...])
        guard !trimmed.isEmpty else { return .nothing }
        if trimmed.lowercased() == "bye" { return .quit(nil) }
        let slash = UInt8(ascii: "/")
        guard text.utf8.first == slash else { return .say(text) }
        let rest = text.utf8.dropFirst()
        guard rest.first != slash else { return .say(String(Substring(rest))) }
        let (word, argument) = split(rest)
        return command(word, argument)
    }

    private static func command(
        _ word: String,
        _ argument: Substring.UTF8View
    ) -> TextFace.Command {
        let name = trim(argument)
        let optional = name.isEmpty ? nil : name
        switch word.lowercased() {
        case "nick": return name.isEmpty ? .incomplete(usage: "/nick NAME") : .nick(name)
        case "who": return .who(optional)
        case "rooms": return .rooms
        case "join": return name.isEmpty ? .incomplete(usage: "/join ROOM") : .join(name)
        case "leave": return .leave(optional)
        case "me":
            guard !name.isEmpty else { return .incomplete(usage: "/me TEXT") }
            return .act(String(Substring(argument)))
        case "msg":
            let (to, text) = split(argument.drop(while: isBlank))
            guard !to.isEmpty, !trim(text).isEmpty else {
                return .incomplete(usage: "/msg NAME TEXT")
            }
            return .message(to: to, String(Substring(text)))
        case "help": return .help
        case "quit": return .quit(optional)
        default: return .unknown(word)
        }
    }

    /// The bytes before the first blank, and those after it.
    ///
    /// Bytes, not characters: a combining
    /// mark after a blank would make a character of the two.
    private static func split(
        _ bytes: Substring.UTF8View
    ) -> (String, Substring.UTF8View) {
        let end = bytes.firstIndex(where: isBlank) ?? bytes.endIndex
        return (String(Substring(bytes[..<end])), bytes[end...].dropFirst())
    }

    static func trim(_ bytes: Substring.UTF8View) -> String {
        let start = bytes.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(start[...last]))
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}

extension TextFace {
    /// The bytes of a line as text, without its carriage return.
    static func text(_ line: Span<UInt8>, limit: Int) throws(InputProblem) -> String {
        var count = line.count
        if count > 0, line[count - 1] == UInt8(ascii: "\r") { count -= 1 }
        guard count <= limit else { throw .tooLong(limit: limit) }
        for offset in 0..<count where line[offset] == 0 { throw .nul(offset: offset) }
        do {
            return String(copying: try UTF8Span(validating: line.extracting(0..<count)))
        } catch {
            let offset = error.byteOffsets.lowerBound
            throw .invalidUTF8(offset: offset, byte: line[offset])
        }
    }
}
