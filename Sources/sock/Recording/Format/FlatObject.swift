import Sessions

/// A JSON object (RFC 8259) whose members are strings, numbers, true, false and null: all that a
/// line of a recording has.
///
/// Strict: one object, nothing behind it, no member twice (names are compared by code units, RFC 8259 §8.3).
struct FlatObject {
    enum Value: Equatable {
        /// The string's UTF-8, unescaped.
        case text([UInt8])
        /// A whole number.
        case number(Int64)
        /// Something that no member of ours is.
        case other
    }

    /// What is wrong with the text, and at which of its bytes.
    struct Mistake: Error, Equatable {
        var offset: Int
        var what: String
    }

    private(set) var members: [WireName: Value] = [:]

    init(_ text: ArraySlice<UInt8>) throws(Mistake) {
        if let offset = Self.firstMalformedByte(text) {
            throw Mistake(offset: offset, what: "this is no UTF-8")
        }
        var parser = FlatObjectParser(text)
        members = try parser.object()
    }

    private static func firstMalformedByte(_ text: ArraySlice<UInt8>) -> Int? {
        guard String(validating: text, as: UTF8.self) == nil else { return nil }
        var offset = 0
        var decoder = UTF8()
        var bytes = text.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&bytes) {
            offset += UTF8.width(scalar)
        }
        return offset
    }
}

/// Reads one object byte by byte.
private struct FlatObjectParser {
    private let text: ArraySlice<UInt8>
    private var index: Int

    init(_ text: ArraySlice<UInt8>) {
        self.text = text
        index = text.startIndex
    }

    mutating func object() throws(FlatObject.Mistake) -> [WireName: FlatObject.Value] {
        var members: [WireName: FlatObject.Value] = [:]
        skipSpace()
        try take("{", "an object begins with {")
        skipSpace()
        var isFirst = true
        while peek() != UInt8(ascii: "}") {
            if !isFirst {
                try take(",", "a comma or } is missing here")
                skipSpace()
            }
            isFirst = false
            let start = index
            let name = WireName(bytes: try string())
            skipSpace()
            try take(":", "a colon is missing here")
            skipSpace()
            let value = try value()
            guard members.updateValue(value, forKey: name) == nil else {
                throw mistake("this member is there twice", at: start)
            }
            skipSpace()
        }
        index += 1
        skipSpace()
        guard index == text.endIndex else { throw mistake("nothing may follow the object") }
        return members
    }

    private mutating func value() throws(FlatObject.Mistake) -> FlatObject.Value {
        switch peek() ?? 0 {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default:
            for word in ["true", "false", "null"] where text[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return .other
            }
            throw mistake("a string or a number is missing here")
        }
    }

    /// RFC 8259 §6; a fraction or an exponent makes it `.other`.
    private mutating func number() throws(FlatObject.Mistake) -> FlatObject.Value {
        let start = index
        if peek() == UInt8(ascii: "-") { index += 1 }
        let first = peek()
        let digits = try takeDigits()
        if first == UInt8(ascii: "0"), digits > 1 {
            throw mistake("a number does not begin with 0", at: start)
        }
        var isWhole = true
        if peek() == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            _ = try takeDigits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            isWhole = false
            index += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { index += 1 }
            _ = try takeDigits()
        }
        guard isWhole else { return .other }
        guard let value = Int64(String(decoding: text[start..<index], as: UTF8.self)) else {
            throw mistake("this number is too large", at: start)
        }
        return .number(value)
    }

    private mutating func takeDigits() throws(FlatObject.Mistake) -> Int {
        let start = index
        while let byte = peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { index += 1 }
        if index == start { throw mistake("a digit is missing here") }
        return index - start
    }

    /// RFC 8259 §7.
    private mutating func string() throws(FlatObject.Mistake) -> [UInt8] {
        try take("\"", "a string is missing here")
        var bytes: [UInt8] = []
        while true {
            // In runs: a payload is mostly bytes that stand for themselves.
            let run = text[index...].prefix {
                $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
            bytes += run
            index = run.endIndex
            switch peek() {
            case UInt8(ascii: "\""):
                index += 1
                return bytes
            case UInt8(ascii: "\\"):
                index += 1
                try escape(&bytes)
            case nil: throw mistake("the string does not end")
            default: throw mistake("a control character in a string must be escaped")
            }
        }
    }

    private mutating func escape(_ bytes: inout [UInt8]) throws(FlatObject.Mistake) {
        let start = index - 1
        guard let byte = peek() else { throw mistake("the string does not end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "u"):
            var unit = try codeUnit()
            // A character past U+FFFF is a pair of surrogates.
            if 0xD800..<0xDC00 ~= unit, text[index...].starts(with: "\\u".utf8) {
                index += 2
                let low = try codeUnit()
                guard 0xDC00..<0xE000 ~= low else { throw mistake("half a character", at: start) }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else {
                throw mistake("half a character", at: start)
            }
            bytes += Array(String(scalar).utf8)
        default: throw mistake("there is no such escape", at: start)
        }
    }

    private mutating func codeUnit() throws(FlatObject.Mistake) -> UInt32 {
        let digits = text[index...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw mistake("four hexadecimal digits are missing here") }
        index += 4
        return unit
    }

    // MARK: Bytes

    private func peek() -> UInt8? { index < text.endIndex ? text[index] : nil }

    private mutating func take(
        _ character: Unicode.Scalar,
        _ what: String
    ) throws(FlatObject.Mistake) {
        guard peek() == UInt8(ascii: character) else { throw mistake(what) }
        index += 1
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0D { index += 1 }
    }

    private func mistake(_ what: String, at place: Int? = nil) -> FlatObject.Mistake {
        .init(offset: (place ?? index) - text.startIndex, what: what)
    }
}
