/// Whether a person has said goodbye in what they sent: then the server's hanging up is no accident.
struct Farewell: Sendable {
    private(set) var isSaid = false
    /// The line that is being sent, as far as it matters.
    private var line: [UInt8] = []
    /// Whether the last byte ended a line, or there was none yet.
    private(set) var isAtLineStart = true

    /// Bytes of a line that can matter.
    ///
    /// Blanks before the word count too; arbitrary.
    private static let lineLimit = 64

    mutating func see(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            isAtLineStart = byte == UInt8(ascii: "\n")
            if isAtLineStart {
                isSaid = isSaid || isFarewell
                line.removeAll(keepingCapacity: true)
            } else if line.count < Self.lineLimit {
                line.append(byte)
            }
        }
    }

    private var isFarewell: Bool {
        let words = String(decoding: line, as: UTF8.self).lowercased()
            .split(whereSeparator: \.isWhitespace)
        return words == ["bye"] || words.first == "/quit"
    }
}
