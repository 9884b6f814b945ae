import HTTPTypes

/// A request's target, in one of four forms (RFC 9112 §3.2).
struct RequestTarget: Sendable {
    private(set) var scheme: String?
    private(set) var authority: String?
    private(set) var path: String?

    init(
        _ input: RawSpan,
        _ range: Range<Int>,
        method: HTTPRequest.Method
    ) throws(Breach) {
        guard let first = range.first else {
            throw Breach(.malformedTarget, at: range.lowerBound)
        }
        // What is not UTF-8 is refused: with replacements in it, it would name something else.
        guard try Self.checkBytes(input, range) || input.validString(range) != nil else {
            throw Breach(.malformedTarget, at: first)
        }
        if method == .connect {
            guard Authority.isValidWithPort(input, range) else {
                throw Breach(.malformedTarget, at: first)
            }
            authority = input.string(range)
        } else if input.byte(at: first) == UInt8(ascii: "/") {
            path = input.string(range)
        } else if input.byte(at: first) == UInt8(ascii: "*") {
            guard range.count == 1, method == .options else {
                throw Breach(.malformedTarget, at: first)
            }
            path = "*"
        } else {
            try takeAbsolute(input, range, method)
        }
    }

    /// `scheme "://" authority path-and-query`: what proxies are sent, and what servers must take too.
    private mutating func takeAbsolute(
        _ input: RawSpan,
        _ range: Range<Int>,
        _ method: HTTPRequest.Method
    ) throws(Breach) {
        guard let colon = input.firstIndex(of: UInt8(ascii: ":"), in: range),
            range.upperBound - colon > 3,
            input.byte(at: colon + 1) == UInt8(ascii: "/"),
            input.byte(at: colon + 2) == UInt8(ascii: "/"),
            Self.isScheme(input, range.lowerBound..<colon)
        else { throw Breach(.malformedTarget, at: range.lowerBound) }
        let start = colon + 3
        var end = start
        while end < range.upperBound, input.byte(at: end) != UInt8(ascii: "/"),
            input.byte(at: end) != UInt8(ascii: "?")
        {
            end += 1
        }
        if let at = input.firstIndex(of: UInt8(ascii: "@"), in: start..<end) {
            throw Breach(.userinfoInTarget, at: at)
        }
        guard Authority.isValid(input, start..<end) else {
            throw Breach(.malformedTarget, at: start)
        }
        scheme = input.string(range.lowerBound..<colon).asciiLowercased
        authority = input.string(start..<end)
        let rest = input.string(end..<range.upperBound)
        path =
            if rest.isEmpty {
                method == .options ? "*" : "/"
            } else {
                input.byte(at: end) == UInt8(ascii: "?") ? "/" + rest : rest
            }
    }

    private static func isScheme(_ input: RawSpan, _ range: Range<Int>) -> Bool {
        guard let first = range.first, input.byte(at: first).isLetter else { return false }
        return range.allSatisfy {
            let byte = input.byte(at: $0)
            return byte.isLetter || byte.isDigit || byte == UInt8(ascii: "+")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
        }
    }

    /// - Returns: whether all bytes are ASCII.
    private static func checkBytes(
        _ input: RawSpan,
        _ range: Range<Int>
    ) throws(Breach) -> Bool {
        var bits: UInt8 = 0
        for index in range {
            let byte = input.byte(at: index)
            bits |= byte
            guard byte.isForbiddenInTarget else { continue }
            throw Breach(
                byte == .carriageReturn ? .bareCarriageReturn : .malformedTarget,
                at: index
            )
        }
        return bits < 0x80
    }
}
