/// CRC-32 as in Ethernet and zlib (IEEE 802.3): reflected, polynomial 0xEDB88320.
///
/// Eight bytes a step ("slicing-by-8": Kounavis, Berry, "Novel Table Lookup-Based Algorithms for
/// High-Performance CRC Generation", 2008), because each message of a session goes through it.
///
/// Safe, because what it points to is written before and never freed, and every index is masked.
@safe struct CRC32 {
    private var state: UInt32 = .max
    /// Here, so that no step has to ask whether they are made.
    private let tables: UnsafePointer<UInt32>

    init() { unsafe tables = Self.tables }

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
            // Of a byte there are 256, and of tables eight.
            state = unsafe state >> 8 ^ tables[index]
            offset += 1
        }
    }

    /// Eight bytes, the first in the lowest place.
    private mutating func step(_ word: UInt64) {
        let mixed = word ^ UInt64(state)
        // Written out: as a loop it is not unrolled, and takes twice as long.
        state =
            look(mixed, 0) ^ look(mixed, 1) ^ look(mixed, 2) ^ look(mixed, 3)
            ^ look(mixed, 4) ^ look(mixed, 5) ^ look(mixed, 6) ^ look(mixed, 7)
    }

    /// What the byte at a place of a word does to the sum of all eight.
    @inline(__always)
    private func look(_ word: UInt64, _ place: Int) -> UInt32 {
        let byte = Int(truncatingIfNeeded: word >> UInt64(place * 8)) & 0xFF
        // Below 8·256: the bound that an array would check at each of them.
        return unsafe tables[(7 - place) << 8 | byte]
    }

    /// Table t at 256·t: what a byte does t bytes later.
    ///
    /// Written once, before anybody sees it, and never freed.
    nonisolated(unsafe) private static let tables: UnsafePointer<UInt32> = {
        let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            unsafe (tables + byte).initialize(to: value)
        }
        for index in 256..<8 * 256 {
            let before = unsafe tables[index - 256]
            let value = unsafe before >> 8 ^ tables[Int(before & 0xFF)]
            unsafe (tables + index).initialize(to: value)
        }
        return unsafe UnsafePointer(tables)
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
