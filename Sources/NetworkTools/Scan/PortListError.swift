/// What is wrong with a list of ports, and where.
///
/// Printed, it points at the mistake:
/// ```
/// invalid ports: ports are 1 to 65535
///   22,80,70000
///         ^~~~~
/// ```
public struct PortListError: Error, Hashable, Sendable {
    /// The list as it came; do not print it raw.
    public let input: String

    /// Why it is not one.
    public let reason: String

    /// Where the mistake is, in bytes of UTF-8; empty where something is missing.
    public let range: Range<Int>
}

extension PortListError: CustomStringConvertible {
    /// Bytes shown on either side of the mistake.
    private static let contextSize = 36

    /// The error on three lines: the reason, the list, and a mark under the mistake.
    public var description: String {
        let bytes = Array(input.utf8)
        let start = max(0, range.lowerBound - Self.contextSize)
        let end = min(bytes.count, range.upperBound + Self.contextSize)
        // One column a byte: what is not printable ASCII is shown as a question mark.
        let shown = bytes[start..<end].map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }
        let before = start > 0 ? "..." : ""
        let after = end < bytes.count ? "..." : ""
        let indent = String(repeating: " ", count: before.count + range.lowerBound - start)
        let underline = String(repeating: "~", count: max(0, range.count - 1))
        let text = before + String(decoding: shown, as: UTF8.self) + after
        return "invalid ports: \(reason)\n  \(text)\n  \(indent)^\(underline)"
    }
}
