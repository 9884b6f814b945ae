/// Writes fields, in the wire format of Protocol Buffers: a key, then a number of variable length,
/// or a size and so many bytes.
struct FieldEncoder: FieldCodec {
    /// What is written so far.
    private(set) var bytes: [UInt8] = []

    mutating func number(_ field: UInt64, _ value: inout UInt64) {
        guard value != 0 else { return }
        append(key: field, .number)
        append(varint: value)
    }

    mutating func text(
        _ field: UInt64,
        _ value: inout String,
        limit: Int
    ) throws(LogFormatError) {
        guard !value.isEmpty else { return }
        try check(field, value.utf8.count, limit)
        append(field, value)
    }

    mutating func text(
        _ field: UInt64,
        _ value: inout String?,
        limit: Int
    ) throws(LogFormatError) {
        guard let value else { return }
        try check(field, value.utf8.count, limit)
        append(field, value)
    }

    mutating func bytes(
        _ field: UInt64,
        _ value: inout [UInt8]?,
        limit: Int
    ) throws(LogFormatError) {
        guard let value else { return }
        try check(field, value.count, limit)
        append(field, value)
    }

    mutating func message<Value: LogMessage>(
        _ field: UInt64,
        _ value: inout Value?
    ) throws(LogFormatError) {
        guard let value else { return }
        append(field, try Self.encode(value))
    }

    mutating func messages<Value: LogMessage>(
        _ field: UInt64,
        _ values: inout [Value],
        limit: Int
    ) throws(LogFormatError) {
        try check(field, values.count, limit)
        for value in values { append(field, try Self.encode(value)) }
    }

    /// Writes one field of bytes.
    mutating func append(_ field: UInt64, _ value: [UInt8]) {
        append(key: field, .sized)
        append(varint: UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes fields that are encoded already.
    mutating func append(_ fields: UnknownFields) {
        bytes.append(contentsOf: fields.bytes)
    }

    /// The fields of a message.
    static func encode(_ message: some LogMessage) throws(LogFormatError) -> [UInt8] {
        var message = message
        var encoder = FieldEncoder()
        try message.walk(&encoder)
        encoder.append(message.unknownFields)
        return encoder.bytes
    }

    /// What is over a limit could be written and never be read.
    private func check(_ field: UInt64, _ count: Int, _ limit: Int) throws(LogFormatError) {
        guard count <= limit else {
            throw LogFormatError(
                problem: .tooLarge(field: field, limit: limit),
                offset: bytes.count
            )
        }
    }

    private mutating func append(_ field: UInt64, _ value: String) {
        append(key: field, .sized)
        append(varint: UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    private mutating func append(key field: UInt64, _ kind: FieldKind) {
        append(varint: field << 3 | UInt64(kind.rawValue))
    }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// How the value of a field is written.
enum FieldKind: UInt8 {
    /// 7 bits a byte, the lowest first; the top bit says that more follow.
    case number = 0
    /// A number, the size, and so many bytes.
    case sized = 2
}
