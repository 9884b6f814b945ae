/// Who did something, as they were called then: names change, and the log outlives members.
public struct Signature: Hashable, Sendable {
    /// What they were called.
    public var nick = ""
    /// Whose account they used; nil for a guest.
    public var account: String?
    var unknownFields = UnknownFields()

    /// Nobody.
    public init() {}

    /// Somebody called this, perhaps with an account.
    public init(nick: String, account: String? = nil) {
        self.nick = nick
        self.account = account
    }
}

extension Signature: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &nick)
        try codec.name(2, &account)
    }
}

/// A member: whose connection came in at a node, which counts them from 1 in each of its epochs.
public struct MemberReference: Hashable, Sendable {
    /// The epoch of its node: the offset of the node's ``NodeBegan``.
    public var epoch = LogOffset.zero
    /// Its number there; 0 is the node itself.
    public var number: UInt64 = 0
    var unknownFields = UnknownFields()

    /// Nobody.
    public init() {}

    /// Member `number` of the node that began at `epoch`.
    public init(epoch: LogOffset, number: UInt64) {
        self.epoch = epoch
        self.number = number
    }
}

extension MemberReference: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.offset(1, &epoch)
        try codec.number(2, &number)
    }
}

/// Where something is said: in a room, or to a person.
public struct Target: Hashable, Sendable {
    /// The room, with its `#`; empty if it is a person.
    public var room = ""
    /// The person: what they are called, and their account.
    public var person: Signature?
    var unknownFields = UnknownFields()

    /// Nowhere.
    public init() {}

    /// A room.
    public static func room(_ name: String) -> Target {
        var target = Target()
        target.room = name
        return target
    }

    /// A person.
    public static func person(_ person: Signature) -> Target {
        var target = Target()
        target.person = person
        return target
    }
}

extension Target: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &room)
        try codec.message(2, &person)
    }
}
