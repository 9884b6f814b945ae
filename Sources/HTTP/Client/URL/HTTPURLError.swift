/// What is wrong with a text that should have been a URL, and where.
///
/// Printed on one line: `URL "http://h:99999/" at byte 9: the port is over 65535`.
public struct HTTPURLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text, as it came: do not print it raw.
    public let input: String

    /// Where the mistake begins, in bytes of UTF-8.
    public let offset: Int

    /// What it is.
    public let reason: String

    /// The most of an input that is shown, in characters.
    ///
    /// Arbitrary: a line.
    private static let shownCount = 80

    /// One line; a long input is cut, and what is not printable in it is escaped.
    public var description: String {
        let isCut = input.count > Self.shownCount
        let shown = String(input.prefix(Self.shownCount)).debugDescription
        return "URL \(shown)\(isCut ? "…" : "") at byte \(offset): \(reason)"
    }
}
