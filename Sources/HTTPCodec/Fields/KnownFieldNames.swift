import HTTPTypes

/// The field names that are found without making a string of the bytes.
///
/// A hash table, filled once and small enough to stay in the cache. Names of HTTPTypes are constants
/// in it; unknown ones cost an allocation or two.
struct KnownFieldNames: Sendable {
    static let all = KnownFieldNames()

    struct Entry: Sendable {
        let name: HTTPField.Name
        let role: FieldRole

        /// The canonical name's bytes.
        let bytes: [UInt8]
    }

    /// Four times as many as names, so that most are found at once. A power of two.
    private static let slotCount = 512

    private var entries: [Entry] = []

    /// For each slot the place of its entry and one more, or zero.
    private var slots = [UInt8](repeating: 0, count: Self.slotCount)

    private init() {
        for name in HTTPField.Name.common {
            var hash = FieldNameHash()
            let bytes = Array(name.canonicalName.utf8)
            for byte in bytes { hash.combine(byte) }
            entries.append(Entry(name: name, role: FieldRole(of: name), bytes: bytes))
            var slot = hash.value & (Self.slotCount - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
            slots[slot] = UInt8(entries.count)  // traps at start if there are ever more than 255
        }
    }

    /// The entry for the name at `range`, whose bytes are a token and have this hash.
    func entry(for range: Range<Int>, of input: RawSpan, hash: FieldNameHash) -> Entry? {
        var slot = hash.value & (Self.slotCount - 1)
        while true {
            let place = Int(slots[slot])
            if place == 0 { return nil }
            if entries[place - 1].bytes.matches(input, range) { return entries[place - 1] }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
    }
}

/// A hash of a name in any case, made while its bytes are looked at.
///
/// It needs no secret: the table never grows, so nobody can fill it.
struct FieldNameHash {
    private var state: UInt64 = 0

    @inline(__always)
    mutating func combine(_ byte: UInt8) {
        state = (state ^ UInt64(byte | 0x20)) &* 0x9E37_79B9_7F4A_7C15
    }

    /// Its low bits are used, and the product's high ones are the mixed ones.
    @inline(__always)
    var value: Int { Int(state &>> 40) }
}

extension [UInt8] {
    /// Whether the token at `range` is this canonical name.
    ///
    /// Setting a bit is enough to compare in lower case, for these names have letters and hyphens only,
    /// and no other byte of a token becomes one of those.
    fileprivate func matches(_ input: RawSpan, _ range: Range<Int>) -> Bool {
        guard count == range.count else { return false }
        for offset in 0..<count
        where self[offset] != input.byte(at: range.lowerBound &+ offset) | 0x20 {
            return false
        }
        return true
    }
}
