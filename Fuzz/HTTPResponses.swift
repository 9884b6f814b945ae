import HTTPCodec

// ResponseParser. Steered by: limits (1 byte), the methods of four requests (1), cuts (2).

/// The same events however the stream is cut; what was understood is written again and understood
/// the same.
func fuzz(_ input: inout FuzzInput) {
    let limits = input.byte() & 1 == 0 ? HTTPLimits() : .tight
    let choice = input.byte()
    let kinds: [HTTPRequest.Method] = [.get, .head, .connect, .post]
    let methods = (0..<4).map { kinds[Int(choice >> (2 * $0)) & 3] }
    let cuts = input.cuts()
    let bytes = input.bytes()
    let whole = transcript(bytes, .none, limits, methods)
    check(transcript(bytes, cuts, limits, methods), equals: whole, "cut, it reads otherwise")
    var answered = 0
    for found in whole {
        switch found {
        case .interim(let head): checkHead(head, answering: methods[answered], isInterim: true)
        case .head(let head):
            checkHead(head, answering: methods[answered], isInterim: false)
            answered += 1
        default: break
        }
    }
}

private enum Found: Equatable {
    case interim(ResponseHead)
    case head(ResponseHead)
    case body([UInt8])
    case trailers(HTTPFields)
    case end
    case violation(HTTPViolation)
    case switched(at: Int)
    case stream(HTTPStreamEnd)
}

private func transcript(
    _ bytes: [UInt8],
    _ cuts: Cuts,
    _ limits: HTTPLimits,
    _ methods: [HTTPRequest.Method]
) -> [Found] {
    var parser = ResponseParser(limits: limits)
    for method in methods { parser.expect(method) }
    var found: [Found] = []
    var hasFailed = false
    var position = 0
    feed(bytes, cuts, restLimit: limits.lineSize) { input, consumed in
        let before = consumed
        defer { position += consumed - before }
        do throws(HTTPViolation) {
            switch try parser.next(input, consumed: &consumed) {
            case .interim(let head): found.append(.interim(head))
            case .head(let head):
                check(head.response.headerFields.count <= limits.fieldCount, "too many fields")
                found.append(.head(head))
            case .body(let range):
                check(!range.isEmpty && range.upperBound <= consumed, "a body not consumed")
                let piece = input.array(range)
                if case .body(let before) = found.last {
                    found[found.count - 1] = .body(before + piece)
                } else {
                    found.append(.body(piece))
                }
            case .trailers(let fields): found.append(.trailers(fields))
            case .end: found.append(.end)
            case nil:
                guard parser.hasSwitched else { return .needsMore }
                // The rest is another protocol's, and its place must not depend on the cuts.
                found.append(.switched(at: position))
                return .failed
            }
            return .event
        } catch {
            check(error.offset <= UInt64(bytes.count), "broken at byte \(error.offset)")
            found.append(.violation(error))
            hasFailed = true
            return .failed
        }
    }
    if !hasFailed { found.append(.stream(parser.finish())) }
    return found
}

/// What of a response a client acts on is the same after it was forwarded.
private func checkHead(_ head: ResponseHead, answering method: HTTPRequest.Method, isInterim: Bool)
{
    var response = head.response
    response.headerFields[.contentLength] = nil
    response.headerFields[.transferEncoding] = nil
    var bytes: [UInt8] = []
    do {
        try HTTPSerializer.append(
            response,
            framing: head.framing,
            answering: method,
            to: &bytes
        )
    } catch {
        fatalError("does not write what it reads: \(error)")
    }
    // HTTP/1.0 has no upgrades, so what it says of them means nothing before it is written as HTTP/1.1.
    guard head.version == .oneOne else { return }
    let again: ResponseHead
    switch transcript(bytes, .none, .ample, [method]).first {
    case .head(let head) where !isInterim: again = head
    case .interim(let head) where isInterim: again = head
    default:
        fatalError("does not read what it writes: \(String(decoding: bytes, as: UTF8.self))")
    }
    var fields = again.response.headerFields
    fields[.contentLength] = nil
    fields[.transferEncoding] = nil
    // It says aloud that the body ends with the connection.
    if head.framing == .untilClose {
        fields[.connection] = nil
        response.headerFields[.connection] = nil
    }
    check(fields, equals: response.headerFields, "written again, the fields differ")
    check(again.response.status, equals: response.status, "written again, the status differs")
    check(
        again.response.status.reasonPhrase,
        equals: response.status.reasonPhrase,
        "written again, the reason differs"
    )
    check(again.framing, equals: head.framing, "written again, the framing differs")
    check(again.upgrade, equals: head.upgrade, "written again, the upgrade differs")
    check(
        again.keepsConnection,
        equals: head.keepsConnection,
        "written again, it keeps the connection otherwise"
    )
}
