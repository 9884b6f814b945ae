/// The first bytes of a character in UTF-8, until its last has come: well-formed ones only (Unicode 16,
/// table 3-7).
struct PartialScalar: Sendable {
    /// The bytes, the first of them highest.
    private var word: UInt32 = 0
    private var count = 0
    private var length = 0

    var isEmpty: Bool { count == 0 }

    /// Begins a character; false where no character begins with the byte.
    mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return false
        }
        (word, count) = (UInt32(byte), 1)
        return true
    }

    /// Takes the next byte; false where it does not belong to this character.
    mutating func append(_ byte: UInt8) -> Bool {
        guard continues(byte) else { return false }
        word = word << 8 | UInt32(byte)
        count += 1
        return true
    }

    /// The character, once it is whole.
    var scalar: Unicode.Scalar? {
        guard count == length else { return nil }
        let low = word & 0x3F
        let second = (word >> 8 & 0x3F) << 6
        let third = (word >> 16 & 0x3F) << 12
        return switch length {
        case 2: Unicode.Scalar((word >> 8 & 0x1F) << 6 | low)
        case 3: Unicode.Scalar((word >> 16 & 0x0F) << 12 | second | low)
        default: Unicode.Scalar((word >> 24 & 0x07) << 18 | third | second | low)
        }
    }

    /// Appends the bytes that have come.
    func bytes(_ output: inout [UInt8]) {
        for index in 0..<count {
            output.append(UInt8(truncatingIfNeeded: word >> UInt32(8 * (count - 1 - index))))
        }
    }

    /// Whether a byte may come next: the second is narrower for some leads, which keeps out overlong
    /// forms, surrogates and what is past U+10FFFF.
    private func continues(_ byte: UInt8) -> Bool {
        guard count == 1 else { return 0x80...0xBF ~= byte }
        return switch word {
        case 0xE0: 0xA0...0xBF ~= byte
        case 0xED: 0x80...0x9F ~= byte
        case 0xF0: 0x90...0xBF ~= byte
        case 0xF4: 0x80...0x8F ~= byte
        default: 0x80...0xBF ~= byte
        }
    }
}
