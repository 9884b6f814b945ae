import HTTPCodec

/// Messages, the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    private mutating func text(of letters: String, _ sizes: ClosedRange<Int>) -> String {
        String((0..<number(sizes)).map { _ in letters.randomElement(using: &self) ?? "x" })
    }

    private mutating func fields() -> HTTPFields {
        var fields = HTTPFields()
        for _ in 0..<number(0...6) {
            let name = text(of: "abcXYZ-_.!#$%&'*+^`|~09", 1...20)
            let value = "v" + text(of: "ab \t,;=\"é日", 0...40) + "v"
            HTTPField.Name(name).map { fields.append(HTTPField(name: $0, value: value)) }
        }
        if Bool.random(using: &self) { fields[.userAgent] = "generator/1 (é)" }
        return fields
    }

    /// Pieces of random sizes, empty ones too.
    mutating func cut(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + number(0...40), bytes.count)
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }

    /// Appends a body in the framing, and what is read of it.
    private mutating func appendBody(
        _ framing: HTTPFraming,
        to bytes: inout [UInt8],
        _ expected: inout [Observed]
    ) throws {
        switch framing {
        case .none, .untilClose: break
        case .length(let length):
            let body = (0..<length).map { _ in UInt8.random(in: 0...255, using: &self) }
            bytes += body
            if !body.isEmpty { expected.append(body: body) }
        case .chunked:
            for _ in 0..<number(0...4) {
                let body = (0..<number(1...40)).map { _ in UInt8.random(in: 0...255, using: &self) }
                unsafe HTTPSerializer.appendChunk(body.span.bytes, to: &bytes)
                expected.append(body: body)
            }
            let trailers = Bool.random(using: &self) ? fields() : HTTPFields()
            try HTTPSerializer.appendLastChunk(trailers: trailers, to: &bytes)
            if !trailers.isEmpty { expected.append(.trailers(trailers)) }
        }
        expected.append(.end)
    }

    private mutating func framing() -> HTTPFraming {
        [.none, .length(UInt64(number(0...60))), .chunked].randomElement(using: &self) ?? .none
    }

    /// The fields as they are read: those that frame come after the message's own.
    private func framed(_ fields: HTTPFields, _ framing: HTTPFraming) -> HTTPFields {
        var fields = fields
        switch framing {
        case .length(let length): fields[.contentLength] = String(length)
        case .chunked: fields[.transferEncoding] = "chunked"
        case .none, .untilClose: break
        }
        return fields
    }

    mutating func appendRequest(to bytes: inout [UInt8], _ expected: inout [Observed]) throws {
        let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .query]
        let framing = framing()
        var request = HTTPRequest(
            method: methods.randomElement(using: &self) ?? .get,
            scheme: Bool.random(using: &self) ? "http" : nil,
            authority: text(of: "abc.-019", 1...30) + ":\(number(1...65_535))",
            path: "/" + text(of: "ab/?&=%é日~", 0...60),
            headerFields: fields()
        )
        try HTTPSerializer.append(
            request,
            framing: framing,
            absoluteForm: request.scheme != nil,
            to: &bytes
        )
        request.headerFields = framed(request.headerFields, framing)
        let head = RequestHead(
            request: request,
            version: .oneOne,
            framing: framing,
            keepsConnection: true,
            expectsContinue: false,
            upgrade: []
        )
        expected.append(.request(head))
        try appendBody(framing, to: &bytes, &expected)
    }

    mutating func appendResponse(
        to bytes: inout [UInt8],
        _ expected: inout [Observed]
    ) throws -> HTTPRequest.Method {
        let method: HTTPRequest.Method = Bool.random(using: &self) ? .get : .head
        var response = HTTPResponse(
            status: .init(code: number(200...599), reasonPhrase: text(of: "abc é", 0...20)),
            headerFields: fields()
        )
        let isBodiless = response.status.code == 204 || response.status.code == 304
        let framing = isBodiless ? .none : framing()
        try HTTPSerializer.append(response, framing: framing, answering: method, to: &bytes)
        let announced = framing == .none && method == .get && !isBodiless ? .length(0) : framing
        response.headerFields = framed(response.headerFields, announced)
        let read: HTTPFraming = isBodiless || method == .head ? .none : announced
        let head = ResponseHead(
            response: response,
            version: .oneOne,
            framing: read,
            keepsConnection: true,
            upgrade: []
        )
        expected.append(.response(head))
        try appendBody(read, to: &bytes, &expected)
        return method
    }
}
