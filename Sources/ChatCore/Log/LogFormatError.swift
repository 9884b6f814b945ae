/// Why bytes are no record of the log, and where.
public struct LogFormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        /// The bytes end within a field.
        case cut
        /// A number does not fit 64 bits.
        case number
        /// A field is of a kind that the format does not use.
        case kind(UInt8)
        /// A field's number is 0, or beyond what the format has.
        case fieldNumber
        /// A field that must be there is missing.
        case missing(field: UInt64)
        /// Text is not UTF-8.
        case text(field: UInt64)
        /// A field is larger than it may be.
        case tooLarge(field: UInt64, limit: Int)
        /// A value makes no sense in its field.
        case value(field: UInt64)
        /// An entry has no body, or more than one.
        case body
        /// The record is of a version that this program does not know.
        case version(UInt64)
    }

    /// What is wrong.
    public let problem: Problem

    /// At which byte of the record; that of the entry, where it is about what an entry lacks.
    public let offset: Int

    /// What and where, in words.
    public var description: String {
        let what =
            switch problem {
            case .cut: "it ends within a field"
            case .number: "a number has more than 64 bits"
            case .kind(let kind): "a field of kind \(kind)"
            case .fieldNumber: "a field's number is out of range"
            case .missing(let field): "field \(field) is missing"
            case .text(let field): "field \(field) is not UTF-8"
            case .tooLarge(let field, let limit): "field \(field) is over its limit of \(limit)"
            case .value(let field): "field \(field) has a value that makes no sense"
            case .body: "an entry must have one body"
            case .version(let version):
                "it is of version \(version), which is newer than this program"
            }
        return "\(what), at byte \(offset)"
    }
}
