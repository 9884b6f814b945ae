// What becomes of accounts.

/// An account came into being, or can be logged in to in another way.
public struct AccountVerifierSet: Hashable, Sendable {
    /// Its name.
    public var account = ""
    /// Whether it is a new account; it is void where the name is taken.
    public var isNew = false
    /// What a password is checked by, as RFC 5803 writes it; nil if none can be used.
    public var verifier: String?
    /// Fingerprints of certificates, in hexadecimal SHA-256, separated by spaces.
    public var certificates = ""
    var unknownFields = UnknownFields()

    /// Without a name.
    public init() {}
}

extension AccountVerifierSet: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &account)
        try codec.flag(2, &isNew)
        try codec.words(3, &verifier)
        try codec.words(4, &certificates)
    }
}

/// An account has another setting.
public struct AccountSettingSet: Hashable, Sendable {
    /// Which account.
    public var account = ""
    /// The setting's name.
    public var name = ""
    /// Its value; nil if it has the default again.
    public var value: String?
    var unknownFields = UnknownFields()

    /// Of no account.
    public init() {}
}

extension AccountSettingSet: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &account)
        try codec.name(2, &name)
        try codec.words(3, &value)
    }
}

/// An account has read up to here; it never goes back.
public struct ReadMarkerSet: Hashable, Sendable {
    /// Which account.
    public var account = ""
    /// Where.
    public var target = Target()
    /// Up to which entry.
    public var offset = LogOffset.zero
    var unknownFields = UnknownFields()

    /// Of no account.
    public init() {}
}

extension ReadMarkerSet: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &account)
        try codec.message(2, required: &target)
        try codec.offset(3, &offset)
    }
}

/// An account can no longer be used, or can again, or is no more.
public struct AccountStatusSet: Hashable, Sendable {
    /// What it is from here on; other numbers are of newer versions.
    public struct Status: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt64

        /// The status of this number.
        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// Can be used.
        public static let active = Status(rawValue: 0)
        /// Is kept, and cannot be logged in to.
        public static let suspended = Status(rawValue: 1)
        /// Is no more; its name stays reserved.
        public static let deleted = Status(rawValue: 2)
    }

    /// Which account.
    public var account = ""
    /// What it is from here on.
    public var status = Status.active
    /// Who did it.
    public var by = Signature()
    /// Why.
    public var reason = ""
    var unknownFields = UnknownFields()

    /// Of no account.
    public init() {}
}

extension AccountStatusSet: LogMessage {
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError) {
        try codec.name(1, &account)
        try codec.choice(2, &status) { Status(rawValue: $0) }
        try codec.message(3, required: &by)
        try codec.words(4, &reason)
    }
}
