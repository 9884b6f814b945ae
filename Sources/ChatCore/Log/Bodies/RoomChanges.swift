// What becomes of rooms.

/// A room came into being: somebody joined it who was the first.
public struct RoomMade: Hashable, Sendable {
    /// Its name, with `#`.
    public var room = ""
    /// Who made it.
    public var by = Signature()
    var unknownFields = UnknownFields()

    /// Without a name.
    public init() {}
}

extension RoomMade: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &by)
    }
}

/// A room was registered, and outlives its members; or no longer is.
public struct RoomRegistered: Hashable, Sendable {
    /// Which.
    public var room = ""
    /// Who did it; the founder.
    public var by = Signature()
    /// Whether it is registered no longer.
    public var isRemoved = false
    var unknownFields = UnknownFields()

    /// Without a name.
    public init() {}
}

extension RoomRegistered: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &by)
        try codec.flag(3, &isRemoved)
    }
}

/// A room is called something else.
public struct RoomRenamed: Hashable, Sendable {
    /// What it was called.
    public var room = ""
    /// What it is called now.
    public var newName = ""
    /// Who did it.
    public var by = Signature()
    /// Why.
    public var reason = ""
    var unknownFields = UnknownFields()

    /// Without a name.
    public init() {}
}

extension RoomRenamed: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.name(2, &newName)
        try codec.message(3, required: &by)
        try codec.words(4, &reason)
    }
}

/// A room has another topic.
public struct TopicSet: Hashable, Sendable {
    /// Which.
    public var room = ""
    /// Who set it.
    public var by = Signature()
    /// The topic; empty if there is none any more.
    public var topic = ""
    var unknownFields = UnknownFields()

    /// Without a room.
    public init() {}
}

extension TopicSet: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &by)
        try codec.words(3, &topic)
    }
}

/// Modes of a room were set or unset.
public struct ModesChanged: Hashable, Sendable {
    /// One mode.
    public struct Change: Hashable, Sendable {
        /// Its letter, as IRC has it.
        public var letter = ""
        /// Whether it is unset.
        public var isUnset = false
        /// What it needs: a key, a number.
        public var parameter = ""
        var unknownFields = UnknownFields()

        /// Without a letter.
        public init() {}
    }

    /// Which room.
    public var room = ""
    /// Who did it.
    public var by = Signature()
    /// Which modes, in order.
    public var changes: [Change] = []
    var unknownFields = UnknownFields()

    /// None.
    public init() {}
}

extension ModesChanged: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &by)
        try codec.messages(3, &changes, limit: LogLimits.listCount)
    }
}

extension ModesChanged.Change: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &letter)
        try codec.flag(2, &isUnset)
        try codec.words(3, &parameter)
    }
}

/// A list of a room has an entry more or less: bans, exceptions, invitations.
public struct ListChanged: Hashable, Sendable {
    /// Which room.
    public var room = ""
    /// Who did it.
    public var by = Signature()
    /// The list's letter, as IRC has it: `b`, `e`, `I`.
    public var list = ""
    /// Whom it is about: a mask.
    public var mask = ""
    /// Whether the entry is taken out.
    public var isRemoved = false
    /// When it ends by itself, in milliseconds since 1970; 0 is never.
    public var ends: UInt64 = 0
    /// Why.
    public var reason = ""
    var unknownFields = UnknownFields()

    /// Of no room.
    public init() {}
}

extension ListChanged: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &by)
        try codec.name(3, &list)
        try codec.words(4, &mask)
        try codec.flag(5, &isRemoved)
        try codec.number(6, &ends)
        try codec.words(7, &reason)
    }
}

/// Somebody has another role in a room.
public struct RoleChanged: Hashable, Sendable {
    /// Which room.
    public var room = ""
    /// Who gave or took it.
    public var by = Signature()
    /// The role's letter, as IRC has it: `q`, `a`, `o`, `h`, `v`.
    public var role = ""
    /// Whether it is taken.
    public var isRemoved = false
    /// Which member has it; one that has gone has none.
    public var member: MemberReference?
    /// Which account has it, also when nobody uses it.
    public var account: String?
    var unknownFields = UnknownFields()

    /// Of no room.
    public init() {}
}

extension RoleChanged: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &by)
        try codec.name(3, &role)
        try codec.flag(4, &isRemoved)
        try codec.message(5, &member)
        try codec.name(6, &account)
    }
}

/// A room keeps its words for another time, or another number of bytes.
public struct RetentionSet: Hashable, Sendable {
    /// Which room; empty for all that say nothing of their own.
    public var room = ""
    /// Who set it.
    public var by = Signature()
    /// How long, in milliseconds; 0 is for ever.
    public var age: UInt64 = 0
    /// How many bytes of words; 0 is any number.
    public var size: UInt64 = 0
    var unknownFields = UnknownFields()

    /// Of all rooms, for ever.
    public init() {}
}

extension RetentionSet: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &by)
        try codec.number(3, &age)
        try codec.number(4, &size)
    }
}
