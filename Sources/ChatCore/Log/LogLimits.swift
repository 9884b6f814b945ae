/// How large what the log keeps can be, and why.
///
/// They bound what a damaged or foreign file can make a reader allocate, and are wider than what
/// ``ChatLimits`` lets anybody write, so that those can be raised without a new format.
enum LogLimits {
    /// Bytes of a record: the 256 KiB that are put into one, and room for its entries' frames.
    static let recordSize = 512 * 1_024

    /// Entries in a record: half of what the numbering has, as more would not fit the bytes.
    static let entryCount = 512

    /// UTF-8 bytes of a name: a nick, a room, an account, a node.
    ///
    /// Twice what ``ChatLimits`` lets a name have.
    static let nameSize = 256

    /// UTF-8 bytes of what is said, or of a topic, or of a reason.
    static let textSize = 65_536

    /// Bytes of a verifier, of a setting's value, of a field that is only bytes.
    static let valueSize = 65_536

    /// Members in a roll, parameters of a mode, tags of a message.
    static let listCount = 65_536
}
