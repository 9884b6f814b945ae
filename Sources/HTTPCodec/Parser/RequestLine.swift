import HTTPTypes

/// A request line (RFC 9112 §3): method, target in its parts, version.
struct RequestLine: Sendable {
    let method: HTTPRequest.Method
    let target: RequestTarget
    let version: HTTPVersion

    // Arbitrary: the longest method that is registered is `UPDATEREDIRECTREF`.
    static let methodSizeLimit = 32

    /// `method SP target SP version`: single spaces, and nothing else that could be taken for one.
    init(_ input: RawSpan, _ line: Range<Int>) throws(Breach) {
        // The version is at the end and has a fixed size, so the target is what is between.
        let space = input.firstIndex(of: .space, in: line)
        let methodEnd = space ?? line.upperBound
        guard methodEnd - line.lowerBound <= Self.methodSizeLimit else {
            throw Breach(.methodTooLong, at: line.lowerBound)
        }
        for index in line.lowerBound..<methodEnd where !input.byte(at: index).isToken {
            throw Breach(
                input.byte(at: index) == .carriageReturn ? .bareCarriageReturn : .malformedMethod,
                at: index
            )
        }
        guard let space else { throw Breach(.malformedRequestLine, at: line.upperBound) }
        let targetStart = space + 1
        guard let targetEnd = input.firstIndex(of: .space, in: targetStart..<line.upperBound) else {
            throw Breach(.malformedRequestLine, at: line.upperBound)
        }
        guard let method = Self.method(input, line.lowerBound..<space) else {
            throw Breach(.malformedMethod, at: line.lowerBound)
        }
        version = try HTTPVersion(input, (targetEnd + 1)..<line.upperBound)
        target = try RequestTarget(input, targetStart..<targetEnd, method: method)
        self.method = method
    }

    /// The rule that is broken by a line that does not end in time (RFC 9112 §3).
    ///
    /// `seen` is what was searched of it: not what else is in the input, which depends on how the bytes
    /// were cut.
    static func ruleBroken(byEndlessLine seen: Range<Int>, of input: RawSpan) -> HTTPRule {
        let method = seen.prefix(methodSizeLimit + 1)
        guard method.count > methodSizeLimit, input.firstIndex(of: .space, in: method) == nil else {
            return .startLineTooLong
        }
        return .methodTooLong
    }

    /// The usual methods are told by a word, the first byte lowest.
    private static func method(_ input: RawSpan, _ range: Range<Int>) -> HTTPRequest.Method? {
        if range.count < 8, input.byteCount - range.lowerBound >= 8 {
            let mask = UInt64.max >> UInt64(64 - 8 * range.count)
            switch input.word(at: range.lowerBound) & mask {
            case 0x54_4547: return .get
            case 0x4441_4548: return .head
            case 0x5453_4F50: return .post
            case 0x54_5550: return .put
            default: break
            }
        }
        return HTTPRequest.Method(input.string(range))
    }
}

extension HTTPVersion {
    /// `HTTP/` and two digits with a full stop between (RFC 9112 §2.3), in upper case.
    init(_ input: RawSpan, _ range: Range<Int>) throws(Breach) {
        guard range.count == 8 else { throw Breach(.malformedVersion, at: range.lowerBound) }
        switch input.word(at: range.lowerBound) {
        case Self.oneOneWord: self = .oneOne
        case Self.oneZeroWord: self = .oneZero
        case let word:
            let name: UInt64 = 0x00FF_FFFF_FFFF
            let (major, stop, minor) = (
                UInt8(truncatingIfNeeded: word >> 40), UInt8(truncatingIfNeeded: word >> 48),
                UInt8(truncatingIfNeeded: word >> 56)
            )
            guard word & name == Self.oneOneWord & name, major.isDigit,
                stop == UInt8(ascii: "."), minor.isDigit
            else { throw Breach(.malformedVersion, at: range.lowerBound) }
            guard major == UInt8(ascii: "1") else {
                throw Breach(.unsupportedVersion, at: range.lowerBound)
            }
            self = .oneOne
        }
    }

    /// `HTTP/1.1`, the first byte lowest.
    private static let oneOneWord: UInt64 = 0x312E_312F_5054_5448
    private static let oneZeroWord: UInt64 = 0x302E_312F_5054_5448
}
