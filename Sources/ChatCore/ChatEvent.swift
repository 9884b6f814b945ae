/// What a face shows its member.
public enum ChatEvent: Hashable, Sendable {
    // MARK: To one member

    /// You are in the chat, called this.
    case welcomed(Nick)
    /// You have joined a room.
    case entered(RoomEntry)
    /// What was said before you came, oldest first; never empty.
    case history(RoomName, [Message])
    /// You have left a room.
    case exited(RoomName)
    /// You are called something else now.
    case nickChanged(from: Nick, to: Nick)
    /// Someone writes to you alone.
    case direct(DirectMessage)
    /// What you wrote to one member was handed on.
    case directSent(DirectMessage)
    /// Who is in a room.
    case memberList(MemberListing)
    /// Which rooms there are.
    case roomList(RoomListing)
    /// What you asked for was not done.
    case refused(Refusal)

    // MARK: To a room

    /// Someone said something.
    case said(Message)
    /// Someone joined; so many are there now.
    case joined(Nick, RoomName, memberCount: Int)
    /// Someone left; so many are there now.
    case left(Nick, RoomName, memberCount: Int, Departure)
    /// Someone here is called something else now.
    case renamed(from: Nick, to: Nick, RoomName)
    /// What came and went in a large room.
    case digest(RoomDigest)
}

/// The first a member sees of a room.
public struct RoomEntry: Hashable, Sendable {
    /// What the member is called.
    public let nick: Nick
    /// The room.
    public let room: RoomName
    /// How many are there, the newcomer included.
    public let memberCount: Int
}

/// Some of the members of a room.
public struct MemberListing: Hashable, Sendable {
    /// The room.
    public let room: RoomName
    /// At most ``ChatLimits/listedMemberLimit`` of its members, in no promised order.
    public let nicks: [Nick]
    /// How many are there in all.
    public let memberCount: Int
}

/// Some of the rooms.
public struct RoomListing: Hashable, Sendable {
    /// One room and how many are in it.
    public struct Entry: Hashable, Sendable {
        /// The room.
        public let room: RoomName
        /// How many are in it.
        public let memberCount: Int
    }

    /// At most ``ChatLimits/listedRoomLimit`` rooms; the default room is the first.
    public let rooms: [Entry]
    /// How many rooms there are in all.
    public let roomCount: Int
}

/// The joins and leaves of a room too large to show each.
public struct RoomDigest: Hashable, Sendable {
    /// The room.
    public let room: RoomName
    /// How many joined since the last digest.
    public let joinedCount: Int
    /// How many left since the last digest.
    public let leftCount: Int
    /// How many are there now.
    public let memberCount: Int
}
