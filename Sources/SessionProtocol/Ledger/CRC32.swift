/// CRC-32 as in Ethernet and zlib (IEEE 802.3): reflected, polynomial 0xEDB88320.
///
/// Eight bytes a step ("slicing-by-8": Kounavis, Berry, "Novel Table Lookup-Based Algorithms for
/// High-Performance CRC Generation", 2008), because each message of a session goes through it.
struct CRC32 {
    private var state: UInt32 = .max

    /// The checksum of what was put in.
    var value: UInt32 { ~state }

    /// Eight bytes of a number, most significant first.
    mutating func update(_ number: UInt64) { step(number.byteSwapped) }

    /// The bytes of an array.
    mutating func update(_ bytes: [UInt8]) {
        let span = bytes.rawSpan
        var offset = 0
        while offset + 8 <= span.byteCount {
            // Within the span, and every bit pattern is a number.
            let word = unsafe span.unsafeLoadUnaligned(
                fromByteOffset: offset,
                as: UInt64.self
            )
            step(UInt64(littleEndian: word))
            offset += 8
        }
        while offset < span.byteCount {
            let index = Int((state ^ UInt32(span[offset])) & 0xFF)
            state = state >> 8 ^ Self.tables[index]
            offset += 1
        }
    }

    /// Eight bytes, the first in the lowest place.
    private mutating func step(_ word: UInt64) {
        let mixed = word ^ UInt64(state)
        var next: UInt32 = 0
        for place in 0..<8 {
            let byte = Int(truncatingIfNeeded: mixed >> UInt64(place * 8)) & 0xFF
            next ^= Self.tables[(7 - place) << 8 + byte]
        }
        state = next
    }

    /// Table t at 256·t: what a byte does t bytes later.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    /// The hash of a message in the ledger (docs/session-protocol.md §12).
    static func hash(stream: UInt64, number: UInt64, _ payload: [UInt8]) -> UInt32 {
        var sum = CRC32()
        sum.update(stream)
        sum.update(number)
        sum.update(payload)
        return sum.value
    }
}
