/// Why something is not stored or not read, and what to do about it.
public struct ChatStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble.
    public enum Code: Hashable, Sendable {
        /// The disk, or the quota, is full.
        case full
        /// The file is damaged.
        case damaged
        /// The file was written by a newer program.
        case newer
        /// The file is something else.
        case foreign
        /// Another process has it.
        case inUse
        /// It may not be written.
        case readOnly
        /// It is not there, or cannot be opened.
        case unavailable
        /// The device reports an error.
        case device
        /// The caller broke a rule: a record's number does not follow the last.
        case misuse
    }

    /// What kind of trouble.
    public let code: Code
    /// What happened, and to which file.
    public let message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What happened, in words.
    public var description: String { message }
}
