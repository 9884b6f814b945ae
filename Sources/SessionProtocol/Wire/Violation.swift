/// A rule of the protocol that the other end broke.
///
/// Its text is a literal, so that refusing a flood of them allocates nothing.
public struct Violation: Error, Hashable, Sendable {
    /// What kind of rule.
    public let code: SessionCode
    /// Which rule, for people.
    public let text: String

    package init(_ code: SessionCode, _ text: String) {
        self.code = code
        self.text = text
    }

    static let truncated = Violation(.malformed, "a field runs past the end of its frame")
    static let longNumber = Violation(.malformed, "a number is not in its shortest form")
    static let fieldTooLong = Violation(.malformed, "a field is longer than its limit")
    static let trailingBytes = Violation(.malformed, "bytes behind the last field")
    static let frameSize = Violation(.malformed, "a frame is empty or longer than 16,383 bytes")
    static let hello = Violation(.malformed, "not this protocol's hello")
    static let version = Violation(.unsupportedVersion, "no version that both speak")
    static let unknownFrame = Violation(.unknownFrame, "a type of frame that is not known")
}

extension Violation: CustomStringConvertible {
    /// Kind and rule.
    public var description: String { "\(code): \(text)" }
}
