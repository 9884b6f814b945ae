/// Appends fields to a message.
struct Writer {
    var bytes: [UInt8]

    mutating func write(_ value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func write(_ cell: Cell) {
        write(cell.x)
        write(cell.y)
    }

    /// A length and so many bytes of UTF-8, cut at a character.
    mutating func write(_ text: String) {
        var text = text[...]
        while text.utf8.count > Message.nameLimit { text.removeLast() }
        write(UInt8(text.utf8.count))
        bytes += text.utf8
    }
}

/// Reads fields; nil when there are too few bytes or what is there makes no sense.
struct Reader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func read<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type) -> Value? {
        guard let field = take(Value.bitWidth / 8) else { return nil }
        return field.reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }

    mutating func readCell() -> Cell? {
        guard let x = read(UInt8.self), let y = read(UInt8.self), x < World.width, y < World.height
        else { return nil }
        return Cell(x: x, y: y)
    }

    /// Printable, or it is no name: it ends on somebody's terminal.
    mutating func readText() -> String? {
        guard let count = read(UInt8.self), count <= Message.nameLimit,
            let field = take(Int(count)),
            let text = String(validating: field, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        return text
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard bytes.count - position >= count else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }
}
