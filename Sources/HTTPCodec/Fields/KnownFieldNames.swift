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

    /// The canonical names, eight bytes to a word, one after another, and where each ends.
    private var words: [UInt64] = []
    private var ends: [Int] = [0]

    /// How many bytes each name has.
    private var sizes: [Int] = []

    /// For each slot the place of its name and one more, or zero.
    private var slots = [UInt8](repeating: 0, count: Self.slotCount)

    private init() {
        for (place, name) in names.enumerated() {
            let bytes = Array(name.canonicalName.utf8)
            // Unsafe only for elements with padding between them, and bytes have none.
            let span = unsafe bytes.span.bytes
            for start in stride(from: 0, to: bytes.count, by: 8) {
                words.append(span.lowercasedWord(at: start, size: min(8, bytes.count - start)))
            }
            ends.append(words.count)
            sizes.append(bytes.count)
            var slot = Self.slot(of: 0..<bytes.count, in: span)
            while slots[slot] != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
            slots[slot] = UInt8(place + 1)  // traps at start if there are ever more than 255
        }
    }

    /// The place of the name at `range`, whose bytes are a token.
    func place(of range: Range<Int>, in input: RawSpan) -> Int? {
        var slot = Self.slot(of: range, in: input)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) &- 1
            if isName(at: place, range, input) { return place }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        return nil
    }

    /// Where the search for a name begins: a hash of its words.
    ///
    /// It needs no secret: the table never grows, so nobody can fill it.
    private static func slot(of range: Range<Int>, in input: RawSpan) -> Int {
        var hash: UInt64 = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let size = min(8, range.upperBound &- index)
            hash = (hash ^ input.lowercasedWord(at: index, size: size)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash &>> 32
            index &+= size
        }
        return Int(truncatingIfNeeded: hash) & (slotCount - 1)
    }

    private func isName(at place: Int, _ range: Range<Int>, _ input: RawSpan) -> Bool {
        guard sizes[place] == range.count else { return false }
        var index = range.lowerBound
        for word in ends[place]..<ends[place &+ 1] {
            let size = min(8, range.upperBound &- index)
            guard words[word] == input.lowercasedWord(at: index, size: size) else { return false }
            index &+= size
        }
        return true
    }
}

extension RawSpan {
    /// One to eight bytes as a word with their sixth bit set, which makes letters lower case.
    ///
    /// That is enough to compare tokens with names of letters and hyphens only: no other byte of a
    /// token becomes one of those.
    @inline(__always)
    fileprivate func lowercasedWord(at index: Int, size: Int) -> UInt64 {
        let mask = UInt64.max &>> UInt64(64 &- 8 &* size)
        if byteCount &- index >= 8 {
            return (word(at: index) | UInt64(repeating: 0x20)) & mask
        }
        var word: UInt64 = 0
        for offset in 0..<size {
            word |= UInt64(byte(at: index &+ offset) | 0x20) &<< UInt64(8 &* offset)
        }
        return word
    }
}
