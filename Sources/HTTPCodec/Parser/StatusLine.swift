import HTTPTypes

/// A status line (RFC 9112 §4): version, code, reason.
struct StatusLine: Sendable {
    let version: HTTPVersion
    let status: HTTPResponse.Status

    // `version SP 3DIGIT SP [reason]`. The second space may be missing if the reason is: many servers
    // leave it out, and it can hide nothing.
    init(_ input: RawSpan, _ line: Range<Int>) throws(Breach) {
        let versionEnd = input.firstIndex(of: .space, in: line) ?? line.upperBound
        version = try HTTPVersion(input, line.lowerBound..<versionEnd)
        let codeEnd = versionEnd + 4
        guard codeEnd <= line.upperBound else {
            throw Breach(.malformedStatusLine, at: line.upperBound)
        }
        var code = 0
        for index in (versionEnd + 1)..<codeEnd {
            let byte = input.byte(at: index)
            guard byte.isDigit else { throw Breach(.malformedStatusLine, at: index) }
            code = code * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard code >= 100 else { throw Breach(.malformedStatusLine, at: versionEnd + 1) }
        var reason = line.upperBound..<line.upperBound
        if codeEnd < line.upperBound {
            guard input.byte(at: codeEnd) == .space else {
                throw Breach(.malformedStatusLine, at: codeEnd)
            }
            reason = (codeEnd + 1)..<line.upperBound
        }
        for index in reason where input.byte(at: index).isForbiddenInValue {
            throw Breach(
                input.byte(at: index) == .carriageReturn
                    ? .bareCarriageReturn : .malformedStatusLine,
                at: index
            )
        }
        status = HTTPResponse.Status(code: code, reasonPhrase: input.string(reason))
    }
}
