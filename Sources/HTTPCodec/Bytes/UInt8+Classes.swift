// The classes of bytes that HTTP's grammar is made of (RFC 9110 §5.6, RFC 5234 appendix B).

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let delete: UInt8 = 0x7F

    /// A token's bytes below 64 and above, a bit each: ``!#$%&'*+-.^_`|~``, digits and letters.
    private static let tokenBits: (low: UInt64, high: UInt64) = (
        0x03FF_6CFA_0000_0000, 0x57FF_FFFF_C7FF_FFFE
    )

    /// May stand in a token: in methods, field names, options.
    @inline(__always)
    var isToken: Bool {
        let bits = self < 64 ? Self.tokenBits.low : Self.tokenBits.high
        return self < 128 && bits &>> UInt64(self & 63) & 1 != 0
    }

    @inline(__always)
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }

    /// Space or tab.
    @inline(__always)
    var isBlank: Bool { self == .space || self == .tab }

    /// What may not stand in a field's value: all controls but the tab.
    @inline(__always)
    var isForbiddenInValue: Bool { (self < .space && self != .tab) || self == .delete }

    /// What may not stand in a request's target: spaces, controls, fragments.
    ///
    /// What else RFC 3986 wants escaped is taken, because browsers send `|` and `"` as they are, and
    /// curl the bytes of UTF-8.
    @inline(__always)
    var isForbiddenInTarget: Bool {
        self <= .space || self == .delete || self == UInt8(ascii: "#")
    }

    /// The value of a hexadecimal digit in either case.
    @inline(__always)
    var hexadecimalValue: UInt8? {
        if isDigit { return self &- UInt8(ascii: "0") }
        let letter = (self | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }

    /// ASCII letters in lower case, other bytes as they are.
    @inline(__always)
    var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}
