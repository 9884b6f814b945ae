/// The grammar of `host [":" port]` (RFC 9110 §7.2, RFC 3986 §3.2).
enum Authority {
    /// Whether the bytes are a host and an optional port.
    ///
    /// An empty host is refused, as RFC 9110 §4.2.1 asks for `http` URIs. IP literals are IPv6 addresses
    /// by their letters only; whoever connects to one parses it.
    static func isValid(_ input: RawSpan, _ range: Range<Int>) -> Bool {
        guard let end = endOfHost(input, range) else { return false }
        if end == range.upperBound { return true }
        guard input.byte(at: end) == UInt8(ascii: ":") else { return false }
        return end + 1 == range.upperBound || isPort(input, (end + 1)..<range.upperBound)
    }

    /// Whether they are a host and a port, as the target of `CONNECT` is (RFC 9110 §9.3.6).
    static func isValidWithPort(_ input: RawSpan, _ range: Range<Int>) -> Bool {
        guard let end = endOfHost(input, range), end < range.upperBound,
            input.byte(at: end) == UInt8(ascii: ":")
        else { return false }
        return isPort(input, (end + 1)..<range.upperBound)
    }

    /// 1...65,535 in at most five digits.
    private static func isPort(_ input: RawSpan, _ range: Range<Int>) -> Bool {
        guard 1...5 ~= range.count else { return false }
        var port = 0
        for index in range {
            guard input.byte(at: index).isDigit else { return false }
            port = port * 10 + Int(input.byte(at: index) - UInt8(ascii: "0"))
        }
        return 1...65_535 ~= port
    }

    /// Where the host ends that `range` begins with, or nil if that is none.
    private static func endOfHost(_ input: RawSpan, _ range: Range<Int>) -> Int? {
        guard let first = range.first else { return nil }
        if input.byte(at: first) == UInt8(ascii: "[") {
            return endOfLiteral(input, range)
        }
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = input.byte(at: index)
            if byte.isRegisteredName {
                index &+= 1
            } else if byte == UInt8(ascii: "%"), range.upperBound - index > 2,
                input.byte(at: index + 1).hexadecimalValue != nil,
                input.byte(at: index + 2).hexadecimalValue != nil
            {
                index &+= 3
            } else {
                break
            }
        }
        return index > range.lowerBound ? index : nil
    }

    private static func endOfLiteral(_ input: RawSpan, _ range: Range<Int>) -> Int? {
        let bracket = input.firstIndex(of: UInt8(ascii: "]"), in: range)
        guard let bracket, bracket - range.lowerBound > 2 else { return nil }
        for index in (range.lowerBound + 1)..<bracket {
            let byte = input.byte(at: index)
            guard
                byte.hexadecimalValue != nil || byte == UInt8(ascii: ":")
                    || byte == UInt8(ascii: ".")
            else { return nil }
        }
        return bracket + 1
    }
}

extension UInt8 {
    /// Unreserved or a sub-delimiter, of RFC 3986 §3.2.2; no comma, with which proxies join fields.
    fileprivate var isRegisteredName: Bool {
        if isLetter || isDigit { return true }
        return switch self {
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
