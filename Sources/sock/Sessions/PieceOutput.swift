import Glibc
import Sockets

/// Prints what comes in pieces, one a line: answers of a call, entries of a topic.
///
/// As objects, a piece that is text is `text`, any other `base64`.
struct PieceOutput: Sendable {
    private let isJSON: Bool
    private let output = Output(STDOUT_FILENO)

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Writes a piece.
    ///
    /// - Parameters:
    ///   - bytes: The piece.
    ///   - members: What else an object says of it.
    /// - Throws: A failure when nobody reads the output any more.
    func write(_ bytes: [UInt8], _ members: JSONLine) async throws {
        let newline = UInt8(ascii: "\n")
        guard !isJSON else {
            var line = members
            line.append(payload: bytes)
            return try await output.write(Array("\(line)".utf8) + [newline])
        }
        var view = View(raw: false)
        try await output.write(view.show(bytes) + view.finish() + [newline])
    }

    /// Writes what stands in the place of pieces, which only an object can.
    func write(gap: JSONLine) async throws {
        try await output.write(Array("\(gap)\n".utf8))
    }
}

extension JSONLine {
    /// Bytes as text, or as base64 where they are none.
    mutating func append(payload: [UInt8]) {
        if let text = String(validating: payload, as: UTF8.self) {
            return append("text", .text(text))
        }
        var digits: [UInt8] = []
        Base64.append(payload, to: &digits)
        append("base64", .text(String(decoding: digits, as: UTF8.self)))
    }
}
