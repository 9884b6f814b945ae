public import HTTPTypes

/// Responses in the bytes of one connection, one event at a time.
///
/// Unlike `RequestParser` it understands what is malformed in ways that can only mean one thing: lines that
/// end with LF alone, folded fields, blanks behind a chunk's size, a `Content-Length` that is repeated.
///
/// How a response is delimited depends on the method it answers (RFC 9112 §6.3): say with `expect` which
/// methods were sent, in order, then use it as `RequestParser`.
///
/// ```swift
/// var parser = ResponseParser()
/// parser.expect(.get)
/// while let event = try parser.next(buffer.bytes, consumed: &consumed) { … }
/// ```
public struct ResponseParser: Sendable {
    /// What has been found in the input.
    public enum Event: Hashable, Sendable {
        /// An interim response (1xx except 101); the one it precedes is still to come. It has no `.end`.
        case interim(ResponseHead)

        /// A response begins. Exactly one `.end` follows, after any `.body` and `.trailers`.
        case head(ResponseHead)

        /// The next bytes of its body: a range of the input's offsets, never empty.
        case body(Range<Int>)

        /// The fields after a chunked body. None is reported if there are none.
        case trailers(HTTPFields)

        /// The response is complete, and the next one may begin.
        ///
        /// A body that lasts until the connection closes has none: `finish` says `.complete` then.
        case end
    }

    // Rule 1. Responses go status line, fields, then a body, or again a status line after an interim one.
    // Rule 2. There is no line or body without a request that expects it.
    // Rule 3. `switched`, `closed` and `failed` are never left.
    private enum Phase: Sendable {
        case statusLine
        case fields(StatusLine)
        case body(After)
        case switched
        case closed
        case failed(HTTPViolation)
    }

    /// What comes after a response's body.
    private enum After: Sendable {
        case response
        case close
        case otherProtocol
    }

    /// What it holds its peer to.
    public let limits: HTTPLimits

    private var phase = Phase.statusLine

    private var expected = ExpectedResponses()

    /// How many interim responses there were before the one that is next.
    private var interimCount = 0

    /// The fields of the head whose end is not there yet; then the trailers.
    private var section = FieldSection()

    private var body = BodyReader(.none)

    private(set) var finder = LineFinder(.ofResponses)

    /// The bytes consumed since the connection began.
    private var position: UInt64 = 0

    /// Starts before the first byte of a connection.
    ///
    /// - Parameter limits: what the peer may send.
    public init(limits: HTTPLimits = .ofResponses) {
        limits.check()
        self.limits = limits
    }

    /// Whether the connection speaks another protocol from here on: after 101, or after 2xx to `CONNECT`.
    ///
    /// The input that is not consumed then is the other protocol's, and `next` gives nil.
    public var hasSwitched: Bool {
        if case .switched = phase { true } else { false }
    }

    /// Says that a request with this method was sent, after those said before.
    public mutating func expect(_ method: HTTPRequest.Method) {
        expected.append(method)
    }

    /// The next event in the input, or nil if that needs more bytes.
    ///
    /// - Parameters:
    ///   - input: Everything received that was not consumed, from the same byte on each time.
    ///   - consumed: How much of the input is done with, moved past what the event took.
    /// - Returns: the event, or nil when every byte of the input was looked at.
    /// - Throws: what the server broke, and the same from then on. A response to no request is such.
    public mutating func next(
        _ input: RawSpan,
        consumed: inout Int
    ) throws(HTTPViolation) -> Event? {
        // Checked here, so that no index below can be wrong by more than the parser's own mistakes.
        precondition(0...input.byteCount ~= consumed, "consumed is not a place in the input")
        if case .failed(let violation) = phase { throw violation }
        let start = consumed
        do throws(Breach) {
            let event = try step(input, &consumed)
            position &+= UInt64(consumed - start)
            return event
        } catch {
            let offset = position &+ UInt64(error.index - start)
            let violation = HTTPViolation(error.rule, at: offset, status: nil)
            phase = .failed(violation)
            throw violation
        }
    }

    /// Whether no byte of the next message has been seen, and the last one is complete.
    ///
    /// The time to count as idle; from then on the peer is slow to send a head.
    public var isIdle: Bool {
        if case .statusLine = phase { finder.searched == 0 && interimCount == 0 } else { false }
    }

    /// What it means that the server ends its stream here.
    ///
    /// Ask when `next` has given nil for all that was received.
    public func finish() -> HTTPStreamEnd {
        switch phase {
        case .statusLine where isIdle: expected.first == nil ? .idle : .unanswered
        case .closed, .switched: .idle
        case .body where body.endsWithStream: .complete
        default: .truncated
        }
    }
}

extension ResponseParser {
    private mutating func step(
        _ input: RawSpan,
        _ consumed: inout Int
    ) throws(Breach) -> Event? {
        while true {
            switch phase {
            case .statusLine:
                guard try takeStatusLine(input, &consumed) else { return nil }
            case .fields(let line):
                let isComplete = try section.takeLine(
                    input,
                    &consumed,
                    finder: &finder,
                    place: .response(line.version),
                    limits: limits
                )
                guard let isComplete else { return nil }
                if isComplete { return try takeHead(line, endingAt: consumed) }
            case .body(let after):
                let event = try body.next(
                    input,
                    &consumed,
                    finder: &finder,
                    section: &section,
                    limits: limits
                )
                switch event {
                case .data(let range): return .body(range)
                case .trailers(let fields): return .trailers(fields)
                case .end:
                    phase =
                        switch after {
                        case .response: .statusLine
                        case .close: .closed
                        case .otherProtocol: .switched
                        }
                    return .end
                case nil: return nil
                }
            case .switched:
                return nil
            case .closed:
                consumed = input.byteCount
                return nil
            case .failed:
                preconditionFailure("a parser that failed was asked for more")
            }
        }
    }

    /// - Returns: whether there was one; false if more bytes are needed.
    private mutating func takeStatusLine(
        _ input: RawSpan,
        _ consumed: inout Int
    ) throws(Breach) -> Bool {
        let start = consumed
        guard start < input.byteCount else { return false }
        guard expected.first != nil else { throw Breach(.unexpectedResponse, at: start) }
        guard input.byte(at: start) == UInt8(ascii: "H") else { throw Breach(.notHTTP, at: start) }
        let line = try finder.line(
            in: input,
            from: start,
            limit: limits.startLineSize + 2,
            tooLong: .startLineTooLong
        )
        guard let line else { return false }
        phase = .fields(try StatusLine(input, line.text))
        consumed = line.end
        return true
    }

    /// Puts the head together, and decides how its body is delimited (RFC 9112 §6.3).
    private mutating func takeHead(
        _ line: StatusLine,
        endingAt end: Int
    ) throws(Breach) -> Event {
        guard let method = expected.first else {
            preconditionFailure("a response ends that was not expected")
        }
        let section = self.section.takeOut()
        let facts = section.facts
        let code = line.status.code
        let framing = try Self.framing(of: facts, code, answering: method, endingAt: end)
        if case .length(let length) = framing, length > limits.bodySize {
            throw Breach(.bodyTooLarge, at: end - 2)
        }
        let keepsConnection =
            facts.keepsConnection(in: line.version) && framing != .untilClose
        let head = ResponseHead(
            response: HTTPResponse(status: line.status, headerFields: section.fields),
            version: line.version,
            framing: framing,
            keepsConnection: keepsConnection,
            upgrade: facts.upgrade(in: line.version)
        )
        let after: After =
            if code == 101 || (method == .connect && line.status.kind == .successful) {
                .otherProtocol
            } else {
                keepsConnection ? .response : .close
            }
        if code == 101, head.upgrade.isEmpty { throw Breach(.unexpectedSwitch, at: end - 2) }
        if code < 200, code != 101 {
            interimCount += 1
            guard interimCount <= limits.interimResponseCount else {
                throw Breach(.tooManyInterimResponses, at: end - 2)
            }
            phase = .statusLine
            return .interim(head)
        }
        interimCount = 0
        expected.removeFirst()
        body = BodyReader(framing)
        phase = .body(after)
        return .head(head)
    }

    private static func framing(
        of facts: MessageFacts,
        _ code: Int,
        answering method: ExpectedResponses.Method,
        endingAt end: Int
    ) throws(Breach) -> HTTPFraming {
        if code < 200 || code == 204 {
            // These have no body, so whoever announces one means something else (RFC 9110 §8.6). Many
            // servers send a zero with 204.
            guard !facts.isChunked, facts.contentLength ?? 0 == 0 else {
                throw Breach(.unexpectedFraming, at: end - 2)
            }
            return .none
        }
        if code == 304 || method == .head { return .none }
        if method == .connect, 200..<300 ~= code { return .none }
        if facts.isChunked { return .chunked }
        if let length = facts.contentLength { return .length(length) }
        return .untilClose
    }
}
