internal import Escaping
import Files

extension BytePath {
    /// The path that a word of the command line means: its bytes.
    init(argument word: String) { self.init(ProgramArguments.bytes(of: word)) }

    /// The path in a line of ours: what is not UTF-8 escaped, what could command a terminal, and what
    /// nobody could see.
    var printable: String {
        var escaper = Escaper(.line)
        return String(decoding: escaper.escape(bytes) + escaper.finish(), as: UTF8.self)
    }
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
