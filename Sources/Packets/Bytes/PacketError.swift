/// What is wrong with a packet's bytes: in which header, which field, and where.
///
/// Printed: `IPv4 header length at byte 0: 4, which is below the 5 words every header has`.
///
/// Its texts are literals and its numbers are plain, so refusing a flood of bad packets allocates
/// nothing.
public struct PacketError: Error, Hashable, Sendable {
    /// Why the bytes were refused.
    public enum Cause: Hashable, Sendable {
        /// The bytes end inside the field: more are needed than are there.
        case truncated(needed: Int, available: Int)

        /// The field has a value that its standard does not allow.
        case malformed(value: Int, rule: String)

        /// What should be written does not fit the caller's buffer.
        case noSpace(needed: Int, available: Int)
    }

    /// The header, by the field's usual name: `IPv4`, `TCP options`.
    public let header: String

    /// The field in the header.
    public let field: String

    /// Where the field begins, in bytes from the start of what was given to be read.
    public let offset: Int

    /// Why it was refused.
    public let cause: Cause

    init(_ header: String, _ field: String, at offset: Int, _ cause: Cause) {
        self.header = header
        self.field = field
        self.offset = offset
        self.cause = cause
    }

    /// The same error, counted from an enclosing packet's start.
    func shifted(by distance: Int) -> PacketError {
        PacketError(header, field, at: offset &+ distance, cause)
    }

    /// Whether more bytes of the same packet could have helped.
    public var isTruncation: Bool {
        if case .truncated = cause { true } else { false }
    }
}

extension PacketError: CustomStringConvertible {
    /// Header, field, place and cause on one line.
    public var description: String {
        let place = "\(header) \(field) at byte \(offset)"
        return switch cause {
        case .truncated(let needed, let available):
            "\(place): needs \(needed) bytes, \(available) are there"
        case .malformed(let value, let rule): "\(place): \(value), which \(rule)"
        case .noSpace(let needed, let available):
            "\(place): \(needed) bytes do not fit the \(available) of the buffer"
        }
    }
}
