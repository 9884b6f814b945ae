// What people say, and what becomes of it.

/// Somebody said something.
public struct MessageSaid: Hashable, Sendable {
    /// How it is meant; other numbers are of newer versions, and are shown as ``plain``.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt64

        /// The kind of this number.
        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// Said: `ada: hello`.
        public static let plain = Kind(rawValue: 0)
        /// Done: `* ada waves`.
        public static let action = Kind(rawValue: 1)
        /// To be answered by nobody: what programs say.
        public static let notice = Kind(rawValue: 2)
    }

    /// Where.
    public var target = Target()
    /// Who said it.
    public var by = Signature()
    /// How it is meant.
    public var kind = Kind.plain
    /// What was said: lines, with a newline between two.
    public var text = ""
    /// The message it answers; ``LogOffset/zero`` if none.
    public var replyTo = LogOffset.zero
    /// Client tags worth keeping.
    public var tags: [Tag] = []
    var unknownFields = UnknownFields()

    /// Nothing said by nobody.
    public init() {}
}

extension MessageSaid: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.message(1, required: &target)
        try codec.message(2, required: &by)
        try codec.choice(3, &kind) { Kind(rawValue: $0) }
        try codec.words(4, &text)
        try codec.offset(5, &replyTo)
        try codec.messages(6, &tags, limit: LogLimits.listCount)
    }
}

/// Something a client says beside the words.
public struct Tag: Hashable, Sendable {
    /// Its name, as IRC's client tags have it, without the `+`.
    public var name = ""
    /// Its value.
    public var value = ""
    var unknownFields = UnknownFields()

    /// Without a name.
    public init() {}
}

extension Tag: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &name)
        try codec.words(2, &value)
    }
}

/// Somebody put a reaction to a message, or took one back.
public struct ReactionMade: Hashable, Sendable {
    /// To which message.
    public var message = LogOffset.zero
    /// Where that is.
    public var target = Target()
    /// Who.
    public var by = Signature()
    /// What: usually one emoji.
    public var text = ""
    /// Whether it is taken back.
    public var isRemoved = false
    var unknownFields = UnknownFields()

    /// To nothing.
    public init() {}
}

extension ReactionMade: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.offset(1, &message)
        try codec.message(2, required: &target)
        try codec.message(3, required: &by)
        try codec.words(4, &text)
        try codec.flag(5, &isRemoved)
    }
}

/// Somebody took a message away: its words are gone wherever the log is read.
public struct MessageRedacted: Hashable, Sendable {
    /// Which message.
    public var message = LogOffset.zero
    /// Where that was.
    public var target = Target()
    /// Who.
    public var by = Signature()
    /// Why.
    public var reason = ""
    var unknownFields = UnknownFields()

    /// Nothing.
    public init() {}
}

extension MessageRedacted: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.offset(1, &message)
        try codec.message(2, required: &target)
        try codec.message(3, required: &by)
        try codec.words(4, &reason)
    }
}
