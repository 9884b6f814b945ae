import HTTPCodec

// RequestParser. Steered by: limits (1 byte), cuts (2).

/// The same events however the stream is cut; what was understood is written again and understood
/// the same.
func fuzz(_ input: inout FuzzInput) {
    let limits = input.byte() & 1 == 0 ? HTTPLimits() : .tight
    let cuts = input.cuts()
    let bytes = input.bytes()
    let whole = transcript(bytes, .none, limits)
    check(transcript(bytes, cuts, limits), equals: whole, "cut, it reads otherwise")
    for case .head(let head) in whole { checkHead(head) }
    for case .trailers(let fields) in whole { checkTrailers(fields) }
}

private enum Found: Equatable {
    case head(RequestHead)
    case body([UInt8])
    case trailers(HTTPFields)
    case end
    case violation(HTTPViolation)
    case stream(HTTPStreamEnd)
}

private func transcript(_ bytes: [UInt8], _ cuts: Cuts, _ limits: HTTPLimits) -> [Found] {
    var parser = RequestParser(limits: limits)
    var found: [Found] = []
    var hasFailed = false
    feed(bytes, cuts, restLimit: limits.lineSize) { input, consumed in
        do throws(HTTPViolation) {
            switch try parser.next(input, consumed: &consumed) {
            case .head(let head):
                check(head.request.headerFields.count <= limits.fieldCount, "too many fields")
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
            case nil: return .needsMore
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

/// What of a request a server acts on is the same after it was forwarded.
private func checkHead(_ head: RequestHead) {
    // What HTTP/1.0 ignores means something in the HTTP/1.1 that is written.
    guard head.version == .oneOne else { return }
    var expected = head
    expected.fields[.contentLength] = nil
    expected.fields[.transferEncoding] = nil
    let request = expected.request
    for isAbsolute in request.scheme == nil ? [false] : [false, true] {
        var bytes: [UInt8] = []
        do {
            try HTTPSerializer.append(
                request,
                framing: head.framing,
                absoluteForm: isAbsolute,
                to: &bytes
            )
        } catch {
            fatalError("does not write what it reads: \(error)")
        }
        let large = HTTPLimits.ample
        guard case .head(var again) = transcript(bytes, .none, large).first else {
            fatalError("does not read what it writes: \(String(decoding: bytes, as: UTF8.self))")
        }
        again.fields[.contentLength] = nil
        again.fields[.transferEncoding] = nil
        expected.scheme = isAbsolute ? request.scheme : nil
        check(again, equals: expected, "written again, it reads otherwise")
    }
}

private func checkTrailers(_ fields: HTTPFields) {
    var bytes = Array("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
    do {
        try HTTPSerializer.appendLastChunk(trailers: fields, to: &bytes)
    } catch {
        fatalError("does not write the trailers it reads: \(error)")
    }
    check(
        transcript(bytes, .none, .ample).contains(.trailers(fields)),
        "written again, trailers read otherwise"
    )
}
