/// What is wrong with a text that should have been an address or an endpoint, and where.
///
/// Printed, it points at the mistake:
/// ```
/// invalid endpoint: port 99999 is over 65535
///   tcp://localhost:99999
///                   ^~~~~
/// ```
/// ``message`` says the same on one line. Both show at most a part of a long input, with every
/// byte that is not printable ASCII escaped: an input may be hostile.
public struct AddressParseError: Error, Hashable, Sendable {
    /// What the text should have been: "endpoint", "IPv6 address".
    public let subject: String

    /// Why it is not one.
    public let reason: String

    /// Where the mistake begins, in bytes of UTF-8 from the start of the input.
    public let offset: Int

    /// How many bytes the mistake covers; 0 where something is missing.
    public let length: Int

    /// The input, or the first `AddressParser.sizeLimit` bytes of one that is longer.
    private let bytes: [UInt8]

    init(subject: String, reason: String, input: [UInt8], offset: Int, length: Int) {
        self.subject = subject
        self.reason = reason
        self.bytes = input
        self.offset = offset
        self.length = length
    }

    /// The text that was refused; of an input over the limit of 8192 bytes, the beginning.
    ///
    /// As it came, with nothing escaped: do not print it raw.
    public var input: String { String(decoding: bytes, as: UTF8.self) }

    /// The error on one line: `invalid endpoint 'h:99999': port 99999 is over 65535, at character 3`.
    public var message: String {
        let before = String(decoding: bytes.prefix(offset), as: UTF8.self)
        return "invalid \(subject) '\(excerpt().text)': \(reason), at character \(before.count + 1)"
    }
}

extension AddressParseError: CustomStringConvertible {
    /// The error on three lines: the reason, the input, and a mark under the mistake.
    public var description: String {
        let (text, column, width) = excerpt()
        let indent = String(repeating: " ", count: column)
        let underline = String(repeating: "~", count: max(0, width - 1))
        return "invalid \(subject): \(reason)\n  \(text)\n  \(indent)^\(underline)"
    }

    /// Bytes of the input shown on either side of the mistake: two of these and two ellipses fit
    /// a terminal of 80 columns, as long as nothing needs an escape.
    private static let contextSize = 36

    /// The part of the input around the mistake, escaped, and the columns the mistake takes in it.
    private func excerpt() -> (text: String, column: Int, width: Int) {
        let middle = min(offset, bytes.count)
        // A short input is shown whole wherever the mistake is.
        let fits = bytes.count <= 2 * Self.contextSize
        let first = fits ? 0 : max(0, middle - Self.contextSize)
        let last = fits ? bytes.count : min(bytes.count, middle + Self.contextSize)
        var text = first > 0 ? "..." : ""
        var column = 0
        var width = 0
        for index in first..<last {
            if index == middle { column = text.utf8.count }
            text += AddressText.printable(bytes[index])
            if index >= middle, index - middle < length { width = text.utf8.count - column }
        }
        if middle == last { column = text.utf8.count }
        if last < bytes.count { text += "..." }
        return (text, column, width)
    }
}
