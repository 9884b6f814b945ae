import HTTPTypes

/// The field names that are found without making a string of the bytes.
///
/// A hash table, filled once and small enough to stay in the cache. Names of HTTPTypes are constants
/// in it; unknown ones cost an allocation or two.
struct KnownFieldNames: Sendable {
    static let all = KnownFieldNames()

    // Four times as many as names, so that most are found at once. A power of two.
    private static let slotCount = 512

    /// The names, and at the same places what they do.
    let names = HTTPField.Name.common
    let roles = HTTPField.Name.common.map(FieldRole.init(of:))

    /// The canonical names' bytes, one after another, and where each ends: one array is one look-up.
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]

    /// For each slot the place of its name and one more, or zero.
    private var slots = [UInt8](repeating: 0, count: Self.slotCount)

    private init() {
        for (place, name) in names.enumerated() {
            var hash = FieldNameHash()
            for byte in name.canonicalName.utf8 {
                hash.combine(byte)
                bytes.append(byte)
            }
            ends.append(bytes.count)
            var slot = hash.value & (Self.slotCount - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
            slots[slot] = UInt8(place + 1)  // traps at start if there are ever more than 255
        }
    }

    /// The place of the name at `range`, whose bytes are a token and have this hash.
    func place(of range: Range<Int>, in input: RawSpan, hash: FieldNameHash) -> Int? {
        var slot = hash.value & (Self.slotCount - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) &- 1
            if isName(at: place, range, input) { return place }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        return nil
    }

    /// Setting a bit is enough to compare in lower case, for these names have letters and hyphens only,
    /// and no other byte of a token becomes one of those.
    private func isName(at place: Int, _ range: Range<Int>, _ input: RawSpan) -> Bool {
        let start = ends[place]
        guard ends[place &+ 1] &- start == range.count else { return false }
        for offset in 0..<range.count
        where bytes[start &+ offset] != input.byte(at: range.lowerBound &+ offset) | 0x20 {
            return false
        }
        return true
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
