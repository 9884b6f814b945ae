// What becomes of nodes, and what operators do to the whole network.

/// A node began to serve: the offset of this entry is its epoch, and its earlier epochs end.
public struct NodeBegan: Hashable, Sendable {
    /// What it is called.
    public var node = ""
    /// The version of the program, for people.
    public var version = ""
    var unknownFields = UnknownFields()

    /// Without a name.
    public init() {}
}

extension NodeBegan: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &node)
        try codec.name(2, &version)
    }
}

/// An epoch of a node is over: its members have gone, and what it appends later is void.
public struct NodeLost: Hashable, Sendable {
    /// Which node.
    public var node = ""
    /// Which of its epochs.
    public var epoch = LogOffset.zero
    var unknownFields = UnknownFields()

    /// None.
    public init() {}
}

extension NodeLost: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &node)
        try codec.offset(2, &epoch)
    }
}

/// Everybody who is at a node, and where: replaces what is known of them.
///
/// It stands where entries of members could not be stored, and lets a reader begin behind the
/// start of the log.
public struct NodeRoll: Hashable, Sendable {
    /// One member.
    public struct Member: Hashable, Sendable {
        /// Its number in the node's epoch.
        public var number: UInt64 = 0
        /// As it arrived, and is called now.
        public var arrived = MemberArrived()
        /// What it said when it went away; nil if it is here.
        public var away: String?
        /// Where it is.
        public var rooms: [MemberJoined] = []
        var unknownFields = UnknownFields()

        /// Nobody.
        public init() {}
    }

    /// The members, in order of their numbers.
    public var members: [Member] = []
    /// Whether more follow in the next entry, so that the whole replaces what is known with the
    /// last of them.
    public var isContinued = false
    var unknownFields = UnknownFields()

    /// Nobody.
    public init() {}
}

extension NodeRoll: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.messages(1, &members, limit: LogLimits.listCount)
        try codec.flag(2, &isContinued)
    }
}

extension NodeRoll.Member: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.number(1, &number)
        try codec.message(2, required: &arrived)
        try codec.words(3, &away)
        try codec.messages(4, &rooms, limit: LogLimits.listCount)
    }
}

/// Somebody may not come in any more, or may again.
public struct NetworkBanSet: Hashable, Sendable {
    /// Whom: a mask.
    public var mask = ""
    /// Who did it.
    public var by = Signature()
    /// Whether it is taken back.
    public var isRemoved = false
    /// When it ends by itself, in milliseconds since 1970; 0 is never.
    public var ends: UInt64 = 0
    /// Why.
    public var reason = ""
    var unknownFields = UnknownFields()

    /// Of nobody.
    public init() {}
}

extension NetworkBanSet: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.words(1, &mask)
        try codec.message(2, required: &by)
        try codec.flag(3, &isRemoved)
        try codec.number(4, &ends)
        try codec.words(5, &reason)
    }
}

/// An operator says something to everybody.
public struct NetworkNotice: Hashable, Sendable {
    /// Who.
    public var by = Signature()
    /// What.
    public var text = ""
    var unknownFields = UnknownFields()

    /// Nothing.
    public init() {}
}

extension NetworkNotice: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.message(1, required: &by)
        try codec.words(2, &text)
    }
}
