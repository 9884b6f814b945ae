/// What a connection asks of the chat.
///
/// Names arrive checked; everything that depends on the state of the chat is answered by it.
public enum ChatCommand: Hashable, Sendable {
    /// Become a member called `nick`, and join `room` at once unless it is nil.
    case connect(Nick, joining: RoomName?)
    /// Say a line in a room the member is in.
    case say(String, kind: Message.Kind, in: RoomName)
    /// Say a line to one member alone.
    case tell(Nick, String)
    /// Be called something else.
    case rename(Nick)
    /// Enter a room, which comes into being if it is not there.
    case join(RoomName)
    /// Leave a room; the last to leave ends it and its history, unless it is the default room.
    case leave(RoomName)
    /// List who is in a room.
    case who(RoomName)
    /// List the rooms.
    case rooms
    /// Leave the chat, or be taken out of it. Never refused; does nothing for a stranger.
    case quit(Departure)
}

/// Why a member is no longer there.
public enum Departure: Hashable, Sendable {
    /// It left this room and is still in the chat.
    case leftRoom
    /// It said goodbye, perhaps with a word.
    case goodbye(String?)
    /// Its connection ended without a word.
    case connectionLost
    /// It did not read what was sent to it.
    case readTooSlowly
    /// It was silent for longer than the server waits.
    case idle
    /// It sent much more than it may.
    case flooded
    /// It sent bytes that are no line of text.
    case malformedInput
    /// The server stops.
    case serverStopping
}
