/// One walk over the fields of a message, which writes them or reads them.
///
/// Each message of the log says its fields once, in ``LogMessage/walk(_:)``; the ``FieldEncoder``
/// and the ``FieldDecoder`` take the same walk, so they cannot disagree. A field that has its
/// default value (0, empty, nil) is not written.
protocol FieldCodec {
    /// A number; 0 where it is not there.
    mutating func number(_ field: UInt64, _ value: inout UInt64) throws(LogFormatError)

    /// UTF-8 text of at most so many bytes; empty where it is not there.
    mutating func text(
        _ field: UInt64,
        _ value: inout String,
        limit: Int
    ) throws(LogFormatError)

    /// Text that may be missing, which is not the same as empty.
    mutating func text(
        _ field: UInt64,
        _ value: inout String?,
        limit: Int
    ) throws(LogFormatError)

    /// Bytes; nil where they are not there.
    mutating func bytes(
        _ field: UInt64,
        _ value: inout [UInt8]?,
        limit: Int
    ) throws(LogFormatError)

    /// A message that may be missing.
    mutating func message<Value: LogMessage>(
        _ field: UInt64,
        _ value: inout Value?
    ) throws(LogFormatError)

    /// Any number of messages.
    mutating func messages<Value: LogMessage>(
        _ field: UInt64,
        _ values: inout [Value],
        limit: Int
    ) throws(LogFormatError)
}

/// Something that is written as fields.
protocol LogMessage: Hashable, Sendable {
    /// With every field at its default.
    init()

    /// Fields of a newer version, as they came; written again behind those that are known.
    var unknownFields: UnknownFields { get set }

    /// Says all fields, in the order of their numbers.
    mutating func walk(_ codec: inout some FieldCodec) throws(LogFormatError)
}

/// The bytes of fields that this version does not know.
public struct UnknownFields: Hashable, Sendable {
    /// Keys and values as they came, one field behind the other.
    var bytes: [UInt8] = []

    /// None.
    public init() {}
}

// MARK: What the fields are made of

extension FieldCodec {
    /// Whether; false where it is not there.
    mutating func flag(_ field: UInt64, _ value: inout Bool) throws(LogFormatError) {
        var number: UInt64 = value ? 1 : 0
        try self.number(field, &number)
        value = number != 0
    }

    /// A value of an open set, by its number; 0 where it is not there.
    mutating func choice<Value: RawRepresentable<UInt64>>(
        _ field: UInt64,
        _ value: inout Value,
        _ make: (UInt64) -> Value
    ) throws(LogFormatError) {
        var number = value.rawValue
        try self.number(field, &number)
        value = make(number)
    }

    /// An offset; ``LogOffset/zero`` where it is not there.
    mutating func offset(_ field: UInt64, _ value: inout LogOffset) throws(LogFormatError) {
        var number = value.rawValue
        try self.number(field, &number)
        guard let offset = LogOffset(number) else {
            throw LogFormatError(problem: .value(field: field), offset: 0)
        }
        value = offset
    }

    /// A nick, a room, an account, a node.
    mutating func name(_ field: UInt64, _ value: inout String) throws(LogFormatError) {
        try text(field, &value, limit: LogLimits.nameSize)
    }

    /// A name that may be missing.
    mutating func name(_ field: UInt64, _ value: inout String?) throws(LogFormatError) {
        try text(field, &value, limit: LogLimits.nameSize)
    }

    /// What people write.
    mutating func words(_ field: UInt64, _ value: inout String) throws(LogFormatError) {
        try text(field, &value, limit: LogLimits.textSize)
    }

    /// What people may write.
    mutating func words(_ field: UInt64, _ value: inout String?) throws(LogFormatError) {
        try text(field, &value, limit: LogLimits.textSize)
    }
}

extension FieldCodec {
    /// A message that is always there; one that is not written has all defaults.
    mutating func message<Value: LogMessage>(
        _ field: UInt64,
        required value: inout Value
    ) throws(LogFormatError) {
        var found: Value? = value == Value() ? nil : value
        try message(field, &found)
        if let found { value = found }
    }
}
