/// Why a command was not done.
///
/// It is told to the member that gave it, and to nobody else.
public enum Refusal: Error, Hashable, Sendable {
    /// A name breaks the rules. Found by the faces, which turn text into names.
    case invalidName(NameProblem)
    /// Someone has this name; `suggestion` was free when this was said.
    case nickTaken(Nick, suggestion: Nick?)
    /// The member is called exactly that.
    case nickUnchanged(Nick)
    /// The connection has not given a name yet.
    case notConnected
    /// The connection has a name already.
    case alreadyConnected
    /// ``ChatLimits/memberLimit`` members are there.
    case chatFull(limit: Int)
    /// ``ChatLimits/roomLimit`` rooms are there, and this would be one more.
    case tooManyRooms(limit: Int)
    /// The member is in ``ChatLimits/roomsPerMemberLimit`` rooms.
    case inTooManyRooms(limit: Int)
    /// The member is in this room already.
    case alreadyInRoom(RoomName)
    /// The member is not in this room.
    case notInRoom(RoomName)
    /// There is no such room.
    case noSuchRoom(RoomName)
    /// Nobody has this name.
    case noSuchMember(Nick)
    /// There is nothing to say.
    case emptyText
    /// The text has more than ``ChatLimits/textSizeLimit`` bytes.
    case textTooLong(size: Int, limit: Int)
    /// The text has a newline, carriage return or NUL at this byte.
    case textNotOneLine(offset: Int)
    /// The member gave commands too fast; the same one can succeed after this pause.
    case tooFast(retryAfterNanoseconds: Int64)
}
