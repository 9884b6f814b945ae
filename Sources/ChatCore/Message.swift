/// One line said in a room.
public struct Message: Hashable, Sendable {
    /// How a line is meant.
    public enum Kind: Hashable, Sendable {
        /// Said: `ada: hello`.
        case words
        /// Done: `* ada waves`.
        case action
    }

    /// Its place among all messages of this chat, direct ones included; rising, never reused.
    public let number: UInt64
    /// Where it was said.
    public let room: RoomName
    /// What the sender was called when it was said.
    public let sender: Nick
    /// How it is meant.
    public let kind: Kind
    /// One line: no newline, carriage return or NUL, but perhaps other control characters.
    public let text: String
    /// When, by the caller's clock.
    public let time: ChatInstant
}

/// One line from one member to another, kept in no history.
public struct DirectMessage: Hashable, Sendable {
    /// Its place among all messages of this chat; rising, never reused.
    public let number: UInt64
    /// Who wrote it.
    public let sender: Nick
    /// Who it is for.
    public let recipient: Nick
    /// One line, as in ``Message/text``.
    public let text: String
    /// When, by the caller's clock.
    public let time: ChatInstant
}
