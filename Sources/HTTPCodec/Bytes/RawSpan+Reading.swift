// Reading bytes where they lie. Every access is checked by the span itself, and no caller relies on
// that. The `unsafe` of the loads: every bit pattern is a value of an integer.

extension RawSpan {
    @inline(__always)
    func byte(at index: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    /// Eight bytes, the first of them lowest.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The bytes of `range` as text; what is not UTF-8 in it becomes U+FFFD.
    func string(_ range: Range<Int>) -> String {
        // The pointer does not leave the closure, and the string is a copy.
        unsafe extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of `range` as text, or nil if they are not UTF-8.
    func validString(_ range: Range<Int>) -> String? {
        unsafe extracting(range).withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
    }

    /// The first place in `range` that holds `byte`.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        var index = range.lowerBound
        let pattern = UInt64(repeating: byte)
        while range.upperBound &- index >= 8 {
            let matches = (word(at: index) ^ pattern).zeroBytes
            if matches != 0 { return index &+ matches.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < range.upperBound {
            if self.byte(at: index) == byte { return index }
            index &+= 1
        }
        return nil
    }

    /// Whether the bytes of `range` are `word`, which is in lower case, in whatever case they are.
    func matches(_ word: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        // A static string's bytes live for ever, and there are as many as compared above.
        let bytes = unsafe UnsafeBufferPointer(start: word.utf8Start, count: range.count)
        for offset in 0..<range.count
        where unsafe byte(at: range.lowerBound + offset).lowercased != bytes[offset] {
            return false
        }
        return true
    }

    /// `range` without spaces and tabs at its ends (OWS, RFC 9110 §5.6.3).
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, byte(at: low).isBlank { low &+= 1 }
        while low < high, byte(at: high &- 1).isBlank { high &-= 1 }
        return low..<high
    }
}

extension UInt64 {
    /// The byte, eight times.
    @inline(__always)
    init(repeating byte: UInt8) {
        self = UInt64(byte) &* 0x0101_0101_0101_0101
    }

    /// The high bit of each byte that is zero: exact up to the lowest of them, which is all that is used.
    @inline(__always)
    var zeroBytes: UInt64 {
        (self &- 0x0101_0101_0101_0101) & ~self & 0x8080_8080_8080_8080
    }
}
