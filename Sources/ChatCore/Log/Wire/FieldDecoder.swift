/// Reads fields: first all of a message, in one pass that checks their frames, then each as the
/// message's walk asks for it.
///
/// As in Protocol Buffers, of a number or text that comes more than once the last holds. Fields
/// that the walk does not ask for are kept in ``unknownFields``.
struct FieldDecoder: FieldCodec {
    private struct Field {
        let number: UInt64
        /// Of a sized field the size.
        let value: UInt64
        let kind: FieldKind
        /// The whole field, key included.
        let range: Range<Int>
        /// The value of a sized field.
        let content: Range<Int>
        var isTaken = false
    }

    private let source: [UInt8]
    private var fields: [Field] = []

    /// Reads the frames of all fields in a part of some bytes; errors count from the first of them.
    init(_ source: [UInt8], _ range: Range<Int>) throws(LogFormatError) {
        self.source = source
        var reader = WireReader(source: source, position: range.lowerBound, end: range.upperBound)
        while reader.position < reader.end {
            let start = reader.position
            let (number, kind) = try reader.key()
            let value = try reader.varint()
            let contentStart = reader.position
            if kind == .sized { try reader.skip(value) }
            fields.append(
                Field(
                    number: number,
                    value: value,
                    kind: kind,
                    range: start..<reader.position,
                    content: contentStart..<reader.position
                )
            )
        }
    }

    /// The fields nobody asked for.
    var unknownFields: UnknownFields {
        var unknown = UnknownFields()
        for field in fields where !field.isTaken {
            unknown.bytes.append(contentsOf: source[field.range])
        }
        return unknown
    }

    mutating func number(_ field: UInt64, _ value: inout UInt64) throws(LogFormatError) {
        try take(field, .number) { found throws(LogFormatError) in value = found.value }
    }

    mutating func text(
        _ field: UInt64,
        _ value: inout String,
        limit: Int
    ) throws(LogFormatError) {
        var text: String?
        try self.text(field, &text, limit: limit)
        if let text { value = text }
    }

    mutating func text(
        _ field: UInt64,
        _ value: inout String?,
        limit: Int
    ) throws(LogFormatError) {
        let source = source
        try take(field, .sized) { found throws(LogFormatError) in
            try Self.check(found, limit)
            guard let text = String(validating: source[found.content], as: UTF8.self) else {
                throw LogFormatError(problem: .text(field: field), offset: found.range.lowerBound)
            }
            value = text
        }
    }

    mutating func bytes(
        _ field: UInt64,
        _ value: inout [UInt8]?,
        limit: Int
    ) throws(LogFormatError) {
        let source = source
        try take(field, .sized) { found throws(LogFormatError) in
            try Self.check(found, limit)
            value = Array(source[found.content])
        }
    }

    mutating func message<Value: LogMessage>(
        _ field: UInt64,
        _ value: inout Value?
    ) throws(LogFormatError) {
        let source = source
        try take(field, .sized) { found throws(LogFormatError) in
            value = try Self.decode(source, found.content)
        }
    }

    mutating func messages<Value: LogMessage>(
        _ field: UInt64,
        _ values: inout [Value],
        limit: Int
    ) throws(LogFormatError) {
        let source = source
        try take(field, .sized) { found throws(LogFormatError) in
            guard values.count < limit else {
                throw LogFormatError(
                    problem: .tooLarge(field: field, limit: limit),
                    offset: found.range.lowerBound
                )
            }
            values.append(try Self.decode(source, found.content))
        }
    }

    /// The ranges of the sized fields with numbers from `first` on, whose contents are of a type
    /// that the number says.
    mutating func takeAll(from first: UInt64) -> [(number: UInt64, content: Range<Int>)] {
        var found: [(UInt64, Range<Int>)] = []
        for position in fields.indices
        where fields[position].kind == .sized && fields[position].number >= first {
            fields[position].isTaken = true
            found.append((fields[position].number, fields[position].content))
        }
        return found
    }

    /// The contents of every sized field of this number, in order.
    mutating func takeContents(of number: UInt64) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for position in fields.indices
        where fields[position].number == number && fields[position].kind == .sized {
            fields[position].isTaken = true
            found.append(fields[position].content)
        }
        return found
    }

    /// The message in a part of some bytes.
    static func decode<Value: LogMessage>(
        _ source: [UInt8],
        _ range: Range<Int>
    ) throws(LogFormatError) -> Value {
        var decoder = try FieldDecoder(source, range)
        var value = Value()
        do {
            try value.walk(&decoder)
        } catch {
            // A walk knows fields, and not where they are.
            guard error.offset == 0 else { throw error }
            throw LogFormatError(problem: error.problem, offset: range.lowerBound)
        }
        value.unknownFields = decoder.unknownFields
        return value
    }

    // MARK: Helpers

    /// Gives every field of this number, in order; one of another kind than it should be is unknown.
    private mutating func take(
        _ number: UInt64,
        _ kind: FieldKind,
        _ body: (Field) throws(LogFormatError) -> Void
    ) throws(LogFormatError) {
        for position in fields.indices
        where fields[position].number == number && fields[position].kind == kind {
            fields[position].isTaken = true
            try body(fields[position])
        }
    }

    private static func check(_ field: Field, _ limit: Int) throws(LogFormatError) {
        guard field.content.count <= limit else {
            throw LogFormatError(
                problem: .tooLarge(field: field.number, limit: limit),
                offset: field.range.lowerBound
            )
        }
    }
}

/// Reads keys and numbers, one after the other.
private struct WireReader {
    let source: [UInt8]
    var position: Int
    let end: Int

    /// Protocol Buffers have field numbers up to 2²⁹ − 1.
    private static let fieldLimit: UInt64 = (1 << 29) - 1

    mutating func key() throws(LogFormatError) -> (number: UInt64, kind: FieldKind) {
        let start = position
        let key = try varint()
        guard let kind = FieldKind(rawValue: UInt8(key & 7)) else {
            throw LogFormatError(problem: .kind(UInt8(key & 7)), offset: start)
        }
        guard (1...Self.fieldLimit).contains(key >> 3) else {
            throw LogFormatError(problem: .fieldNumber, offset: start)
        }
        return (key >> 3, kind)
    }

    mutating func varint() throws(LogFormatError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { throw LogFormatError(problem: .cut, offset: start) }
            let byte = source[position]
            position += 1
            // The tenth byte has the one bit that is left.
            guard shift < 63 || byte <= 1 else {
                throw LogFormatError(problem: .number, offset: start)
            }
            value |= UInt64(byte & 0x7F) << shift
            guard byte >= 0x80 else { return value }
            shift += 7
        }
    }

    mutating func skip(_ size: UInt64) throws(LogFormatError) {
        guard size <= UInt64(end - position) else {
            throw LogFormatError(problem: .cut, offset: position)
        }
        position += Int(size)
    }
}
