/// Checks UTF-8 that comes in pieces, and fails at the first byte that cannot be right (RFC 3629,
/// the table of well-formed sequences in Unicode §3.9).
struct UTF8Check: Hashable, Sendable {
    /// Bytes that the character begun still needs, 0 to 3.
    private var needed: UInt8 = 0

    /// The least and the greatest that its next byte may be: narrower than 0x80...0xBF after those
    /// leads that could begin an overlong form, a surrogate or something beyond U+10FFFF.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// Whether no character is cut: text may end here.
    var isComplete: Bool { needed == 0 }

    /// Goes on with the next bytes; false at a byte that makes the whole no UTF-8.
    mutating func isValid(_ bytes: RawSpan) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe isValid($0) }
    }

    private mutating func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let count = bytes.count
        var index = 0
        while index < count {
            if needed == 0 {
                unsafe Self.skipASCII(bytes, &index)
                guard index < count else { return true }
                guard begin(unsafe bytes[index]) else { return false }
            } else {
                let byte = unsafe bytes[index]
                guard byte >= low, byte <= high else { return false }
                (low, high) = (0x80, 0xBF)
                needed &-= 1
            }
            index &+= 1
        }
        return true
    }

    /// Takes a byte of 0x80 and above that begins a character.
    private mutating func begin(_ lead: UInt8) -> Bool {
        switch lead {
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, low) = (2, 0xA0)  // below is overlong
        case 0xED: (needed, high) = (2, 0x9F)  // above are surrogates
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, low) = (3, 0x90)  // below is overlong
        case 0xF1...0xF3: needed = 3
        case 0xF4: (needed, high) = (3, 0x8F)  // above is beyond U+10FFFF
        default: return false
        }
        return true
    }

    /// Moves to the first byte that is not ASCII: 32, then 8 bytes a step.
    @inline(__always)
    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) {
        let count = bytes.count
        let highBits: UInt64 = 0x8080_8080_8080_8080
        while index &+ 32 <= count {
            let words = unsafe bytes.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            guard (words[0] | words[1] | words[2] | words[3]) & highBits == 0 else { break }
            index &+= 32
        }
        while index &+ 8 <= count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard word & highBits == 0 else { break }
            index &+= 8
        }
        while index < count, unsafe bytes[index] < 0x80 { index &+= 1 }
    }
}
