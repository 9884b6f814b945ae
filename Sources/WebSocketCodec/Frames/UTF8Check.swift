/// Checks UTF-8 that comes in pieces, and fails at the first byte that cannot be right (RFC 3629,
/// the table of well-formed sequences in Unicode §3.9).
///
/// The standard library checks the bulk, many bytes a step. What is here knows the characters that
/// are cut by the end of a piece.
struct UTF8Check: Hashable, Sendable {
    /// Bytes that the character begun still needs, 0 to 3.
    private var needed: UInt8 = 0

    /// The least that its next byte may be: more than 0x80 after those leads that could begin an
    /// overlong form.
    private var low: UInt8 = 0x80

    /// The greatest that its next byte may be: less than 0xBF after those leads that could begin a
    /// surrogate or something beyond U+10FFFF.
    private var high: UInt8 = 0xBF

    /// Whether no character is cut: text may end here.
    var isComplete: Bool { needed == 0 }

    /// Goes on with the next bytes; false at a byte that makes the whole no UTF-8.
    mutating func isValid(_ bytes: RawSpan) -> Bool {
        var index = 0
        while needed > 0, index < bytes.byteCount {
            guard take(bytes.byte(at: index)) else { return false }
            index &+= 1
        }
        guard index < bytes.byteCount else { return true }
        index &+= Self.validPrefix(of: bytes.extracting(index..<bytes.byteCount))
        // Nothing is left, or the character that is wrong or cut.
        while index < bytes.byteCount {
            guard take(bytes.byte(at: index)) else { return false }
            index &+= 1
        }
        return true
    }

    /// How many bytes from the start are whole characters.
    private static func validPrefix(of bytes: RawSpan) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            do throws(UTF8.ValidationError) {
                _ = try unsafe UTF8Span(validating: Span<UInt8>(_unsafeBytes: bytes))
                return bytes.count
            } catch {
                return error.byteOffsets.lowerBound
            }
        }
    }

    /// Goes on by one byte.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard needed == 0 else {
            guard byte >= low, byte <= high else { return false }
            (low, high) = (0x80, 0xBF)
            needed &-= 1
            return true
        }
        switch byte {
        case ..<0x80: break
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
}
