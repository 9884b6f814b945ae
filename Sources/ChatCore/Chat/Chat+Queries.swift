extension Chat {
    /// Who is in a room, in no promised order; nobody, if there is no such room.
    ///
    /// The array is the chat's own, not a copy: constant time, whatever its length. Keeping it
    /// across the next command makes that command copy it.
    public func members(of room: RoomName) -> [MemberID] {
        rooms[room]?.members.elements ?? []
    }

    /// What a member is called; nil for a stranger.
    public func nick(of id: MemberID) -> Nick? { members[id]?.nick }

    /// Who is called so; nil if nobody is.
    public func member(named nick: Nick) -> MemberID? { memberByNick[nick] }

    /// Where a member is, in order of joining; nowhere, for a stranger.
    public func rooms(of id: MemberID) -> [RoomName] { members[id]?.rooms ?? [] }

    /// How many members there are.
    public var memberCount: Int { members.count }

    /// How many rooms there are, the default room included.
    public var roomCount: Int { rooms.count }

    /// The last lines of a room, oldest first.
    public func history(of room: RoomName) -> [Message] {
        rooms[room].map { Array($0.history.messages) } ?? []
    }
}
