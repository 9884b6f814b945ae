// Who comes, goes, and is where.

/// Somebody came in: the author of the entry is a member from here on.
public struct MemberArrived: Hashable, Sendable {
    /// What they are called, and their account.
    public var who = Signature()
    /// What masks are compared with: the name they gave for themselves.
    public var user = ""
    /// What masks are compared with: where they come from.
    public var host = ""
    /// The real name they gave.
    public var realName = ""
    var unknownFields = UnknownFields()

    /// Nobody.
    public init() {}
}

extension MemberArrived: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.message(1, required: &who)
        try codec.words(2, &user)
        try codec.words(3, &host)
        try codec.words(4, &realName)
    }
}

/// Somebody left, and with that every room.
public struct MemberLeft: Hashable, Sendable {
    /// Why; other numbers are of newer versions.
    public struct Cause: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt64

        /// The cause of this number.
        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// Said goodbye.
        public static let goodbye = Cause(rawValue: 0)
        /// The connection ended without a word.
        public static let connectionLost = Cause(rawValue: 1)
        /// Did not read what was sent.
        public static let readTooSlowly = Cause(rawValue: 2)
        /// Was silent for longer than the server waits.
        public static let idle = Cause(rawValue: 3)
        /// Sent much more than it may.
        public static let flooded = Cause(rawValue: 4)
        /// Sent bytes that are no text.
        public static let malformedInput = Cause(rawValue: 5)
        /// The node stopped.
        public static let nodeStopping = Cause(rawValue: 6)
        /// An operator sent them away.
        public static let removed = Cause(rawValue: 7)
    }

    /// Why.
    public var cause = Cause.goodbye
    /// What they said, or was said of it; nil if nothing.
    public var words: String?
    var unknownFields = UnknownFields()

    /// With a goodbye and no words.
    public init() {}
}

extension MemberLeft: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.choice(1, &cause) { Cause(rawValue: $0) }
        try codec.words(2, &words)
    }
}

/// The author of the entry is in a room from here on.
public struct MemberJoined: Hashable, Sendable {
    /// Which.
    public var room = ""
    var unknownFields = UnknownFields()

    /// None.
    public init() {}
}

extension MemberJoined: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
    }
}

/// The author of the entry is no longer in a room.
public struct MemberParted: Hashable, Sendable {
    /// Which.
    public var room = ""
    /// What they said; nil if nothing.
    public var words: String?
    var unknownFields = UnknownFields()

    /// None.
    public init() {}
}

extension MemberParted: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.words(2, &words)
    }
}

/// The author of the entry put somebody out of a room.
public struct MemberKicked: Hashable, Sendable {
    /// Which room.
    public var room = ""
    /// Whom.
    public var member = MemberReference()
    /// Who did it.
    public var by = Signature()
    /// Why; nil if nothing was said.
    public var words: String?
    var unknownFields = UnknownFields()

    /// Nobody.
    public init() {}
}

extension MemberKicked: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &member)
        try codec.message(3, required: &by)
        try codec.words(4, &words)
    }
}

/// The author of the entry asked somebody to a room.
public struct MemberInvited: Hashable, Sendable {
    /// Which room.
    public var room = ""
    /// Whom.
    public var member = MemberReference()
    /// Who did it.
    public var by = Signature()
    var unknownFields = UnknownFields()

    /// Nobody.
    public init() {}
}

extension MemberInvited: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, required: &member)
        try codec.message(3, required: &by)
    }
}

/// The author of the entry is called something else.
public struct NickChanged: Hashable, Sendable {
    /// What now.
    public var nick = ""
    var unknownFields = UnknownFields()

    /// Nothing.
    public init() {}
}

extension NickChanged: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &nick)
    }
}

/// The author of the entry went away, or is back.
public struct AwayChanged: Hashable, Sendable {
    /// What those hear who write to them; nil if they are back.
    public var words: String?
    var unknownFields = UnknownFields()

    /// Back.
    public init() {}
}

extension AwayChanged: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.words(1, &words)
    }
}
