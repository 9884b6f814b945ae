/// Variable-length integers as in QUIC (RFC 9000 §16), in the shortest form only.
///
/// One form a value means that equal frames are equal bytes.
enum Varint {
    /// What 62 bits can say.
    static let greatest: UInt64 = 1 << 62 - 1

    /// How many bytes `value` takes.
    static func size(_ value: UInt64) -> Int {
        switch value {
        case ..<64: 1
        case ..<16_384: 2
        case ..<1_073_741_824: 4
        default: 8
        }
    }
}

extension [UInt8] {
    /// Appends a number in its shortest form.
    package mutating func append(number value: UInt64) {
        precondition(value <= Varint.greatest, "a number on the wire has 62 bits")
        switch Varint.size(value) {
        case 1: append(UInt8(truncatingIfNeeded: value))
        case 2: append(bigEndian: UInt16(truncatingIfNeeded: value | 0x4000))
        case 4: append(bigEndian: UInt32(truncatingIfNeeded: value | 0x8000_0000))
        default: append(bigEndian: value | 0xC000_0000_0000_0000)
        }
    }

    /// Appends the size of `bytes`, then them.
    package mutating func append(field bytes: [UInt8]) {
        append(number: UInt64(bytes.count))
        append(contentsOf: bytes)
    }

    /// Appends the bytes of a number of fixed size, most significant first.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
