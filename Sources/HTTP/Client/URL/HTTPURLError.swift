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

    /// One line; a long input is cut, what is not printable in it is escaped, and a name and password in it
    /// are left out.
    public var description: String {
        let input = withoutUserInformation
        let isCut = input.count > Self.shownCount
        let shown = String(input.prefix(Self.shownCount)).debugDescription
        return "URL \(shown)\(isCut ? "…" : "") at byte \(offset): \(reason)"
    }

    /// The input with `…` for what stands before its last `@`.
    ///
    /// That need not be in the authority: a password with a `/`, `?` or `#` that is not encoded ends the
    /// authority for us, and is a password all the same.
    private var withoutUserInformation: String {
        let bytes = Array(input.utf8)
        let slashes = Array("//".utf8)
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return input }
        let start =
            bytes[..<at].indices.first { bytes[$0..<at].starts(with: slashes) }.map { $0 + 2 } ?? 0
        let shown = bytes[..<start] + Array("…".utf8) + bytes[at...]
        return String(decoding: shown, as: UTF8.self)
    }
}
