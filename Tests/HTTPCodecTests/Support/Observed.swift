import HTTPCodec

/// What a parser made of a connection's bytes, without how they were cut: pieces of a body are one.
enum Observed: Hashable {
    case request(RequestHead)
    case interim(ResponseHead)
    case response(ResponseHead)
    case body([UInt8])
    case trailers(HTTPFields)
    case end
    case violation(HTTPViolation)
    case streamEnd(HTTPStreamEnd)
}

extension [Observed] {
    mutating func append(body bytes: [UInt8]) {
        if case .body(let before)? = last {
            self[count - 1] = .body(before + bytes)
        } else {
            append(.body(bytes))
        }
    }

    /// The first violation, if there is one.
    var violation: HTTPViolation? {
        for case .violation(let violation) in self { return violation }
        return nil
    }

    var requests: [RequestHead] {
        compactMap { if case .request(let head) = $0 { head } else { nil } }
    }

    var bodies: [String] {
        compactMap {
            if case .body(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
        }
    }
}

// The `unsafe` of `span.bytes`: only elements with padding make it so.

/// Reads pieces as a driver does: keeps what was not consumed, and asks until there is no event.
func observeRequests(
    _ pieces: [ArraySlice<UInt8>],
    limits: HTTPLimits = HTTPLimits()
) -> [Observed] {
    var parser = RequestParser(limits: limits)
    var observed: [Observed] = []
    var buffer: [UInt8] = []
    do {
        for piece in pieces {
            buffer += piece
            var consumed = 0
            while let event = try unsafe parser.next(buffer.span.bytes, consumed: &consumed) {
                switch event {
                case .head(let head): observed.append(.request(head))
                case .body(let range): observed.append(body: Array(buffer[range]))
                case .trailers(let fields): observed.append(.trailers(fields))
                case .end: observed.append(.end)
                }
            }
            buffer.removeFirst(consumed)
        }
        observed.append(.streamEnd(parser.finish()))
    } catch {
        observed.append(.violation(error))
    }
    return observed
}

func observeResponses(
    _ pieces: [ArraySlice<UInt8>],
    to methods: [HTTPRequest.Method],
    limits: HTTPLimits = HTTPLimits()
) -> [Observed] {
    var parser = ResponseParser(limits: limits)
    for method in methods { parser.expect(method) }
    var observed: [Observed] = []
    var buffer: [UInt8] = []
    do {
        for piece in pieces {
            buffer += piece
            var consumed = 0
            while let event = try unsafe parser.next(buffer.span.bytes, consumed: &consumed) {
                switch event {
                case .interim(let head): observed.append(.interim(head))
                case .head(let head): observed.append(.response(head))
                case .body(let range): observed.append(body: Array(buffer[range]))
                case .trailers(let fields): observed.append(.trailers(fields))
                case .end: observed.append(.end)
                }
            }
            buffer.removeFirst(consumed)
        }
        observed.append(.streamEnd(parser.finish()))
    } catch {
        observed.append(.violation(error))
    }
    return observed
}

func observeRequests(_ text: String, limits: HTTPLimits = HTTPLimits()) -> [Observed] {
    observeRequests([Array(text.utf8)[...]], limits: limits)
}

func observeResponses(
    _ text: String,
    to methods: [HTTPRequest.Method],
    limits: HTTPLimits = HTTPLimits()
) -> [Observed] {
    observeResponses([Array(text.utf8)[...]], to: methods, limits: limits)
}

/// Every way to cut the bytes in two, then each byte by itself.
func everyCut(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    (0...bytes.count).map { [bytes[..<$0], bytes[$0...]] }
        + [bytes.indices.map { bytes[$0...$0] }]
}
