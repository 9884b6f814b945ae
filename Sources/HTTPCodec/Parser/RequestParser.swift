public import HTTPTypes

/// Requests in the bytes of one connection, one event at a time.
///
/// Give it what the connection received and was not consumed yet; bodies stay where they are and come
/// as ranges of it.
///
/// ```swift
/// var parser = RequestParser()
/// var consumed = 0
/// while let event = try parser.next(buffer.bytes, consumed: &consumed) {
///     switch event {
///     case .head(let head): route(head)
///     case .body(let range): take(buffer.bytes.extracting(range))
///     case .trailers(let fields): keep(fields)
///     case .end: respond()
///     }
/// }
/// buffer.consume(consumed)
/// ```
///
/// It is stricter than its ancestors where being lenient has let requests be smuggled: see `HTTPRule` for
/// all that it refuses. No bytes whatever make it trap, and its work is linear in their number, however
/// small the pieces are that they come in.
public struct RequestParser: Sendable {
    /// What has been found in the input.
    public enum Event: Hashable, Sendable {
        /// A request begins. Exactly one `.end` follows, after any `.body` and `.trailers`.
        case head(RequestHead)

        /// The next bytes of its body: a range of the input's offsets, never empty.
        ///
        /// Chunk heads are not in it; pieces are as the input had them, not as the client sent them.
        case body(Range<Int>)

        /// The fields after a chunked body. None is reported if there are none.
        case trailers(HTTPFields)

        /// The request is complete, and the next one may begin.
        case end
    }

    // Rule 1. Requests go start line, fields, body, and again, until one closes the connection.
    // Rule 2. `closed` and `failed` are never left.
    private enum Phase: Sendable {
        case startLine
        case fields(HTTPVersion)
        case body(isLast: Bool)
        case closed
        case failed(HTTPViolation)
    }

    /// What it holds its peer to.
    public let limits: HTTPLimits

    private var phase = Phase.startLine

    /// The line and fields of the head whose end is not there yet; then the trailers.
    private var line: RequestLine?
    private var section = FieldSection()

    private var body = BodyReader(.none)

    private(set) var finder = LineFinder(.none)

    /// The size of the empty lines that came before the request that is next, in bytes.
    private var emptyLinesSize = 0

    /// The most of it that counts as nothing: the one empty line that old clients end a body with.
    private static let strayLineSize = 2

    /// The bytes consumed since the connection began.
    private var position: UInt64 = 0

    /// Starts before the first byte of a connection.
    ///
    /// - Parameter limits: what the peer may send.
    public init(limits: HTTPLimits = HTTPLimits()) {
        limits.check()
        self.limits = limits
    }

    /// The next event in the input, or nil if that needs more bytes.
    ///
    /// A request is reported as soon as its head is there, and nothing of the next one is looked at until it
    /// is asked for: so a server answers in order, and can give what follows `.end` to another protocol.
    /// After a request that closes the connection (`keepsConnection` false), what follows is consumed
    /// and ignored.
    ///
    /// - Parameters:
    ///   - input: Everything received that was not consumed, from the same byte on each time, possibly
    ///     with more at the end.
    ///   - consumed: How much of the input is done with: parsing begins there, and it is moved past what
    ///     the event took. Offsets of `.body` count from the input's start, not from here. Partial lines
    ///     stay in the input; they are at most `limits.fieldsSize` or `limits.startLineSize` bytes.
    /// - Returns: the event, or nil when every byte of the input was looked at.
    /// - Throws: what the client broke, and the same from then on.
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
            let violation = HTTPViolation(
                error.rule,
                at: offset,
                status: HTTPResponse.Status(known: error.rule.code)
            )
            phase = .failed(violation)
            throw violation
        }
    }

    /// Whether no byte of the next message has been seen, and the last one is complete.
    ///
    /// The time to count as idle; from then on the peer is slow to send a head, and so it is from a second
    /// empty line on: otherwise a connection could be kept for ever with an empty line now and then.
    public var isIdle: Bool {
        guard case .startLine = phase else { return false }
        return finder.searched == 0 && emptyLinesSize <= Self.strayLineSize
    }

    /// What it means that the client ends its stream here.
    ///
    /// Ask when `next` has given nil for all that was received.
    public func finish() -> HTTPStreamEnd {
        switch phase {
        case .startLine where finder.searched == 0, .closed: .idle
        default: .truncated
        }
    }
}

extension RequestParser {
    private mutating func step(
        _ input: RawSpan,
        _ consumed: inout Int
    ) throws(Breach) -> Event? {
        while true {
            switch phase {
            case .startLine:
                guard try takeStartLine(input, &consumed) else { return nil }
            case .fields(let version):
                let isComplete = try section.takeLine(
                    input,
                    &consumed,
                    finder: &finder,
                    place: .request(version),
                    limits: limits
                )
                guard let isComplete else { return nil }
                if isComplete { return .head(try takeHead(endingAt: consumed)) }
            case .body(let isLast):
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
                    phase = isLast ? .closed : .startLine
                    return .end
                case nil: return nil
                }
            case .closed:
                consumed = input.byteCount
                return nil
            case .failed:
                preconditionFailure("a parser that failed was asked for more")
            }
        }
    }

    /// - Returns: whether there was one, or an empty line before one; false if more bytes are needed.
    private mutating func takeStartLine(
        _ input: RawSpan,
        _ consumed: inout Int
    ) throws(Breach) -> Bool {
        let start = consumed
        guard start < input.byteCount else { return false }
        let first = input.byte(at: start)
        // Before looking for a line's end: a TLS client or a port scanner may never send one.
        guard first.isToken || first == .carriageReturn || first == .lineFeed else {
            throw Breach(.notHTTP, at: start)
        }
        let limit = limits.startLineSize + 2
        let line = try finder.line(
            in: input,
            from: start,
            limit: limit,
            // Asked only if the input holds all that the limit allows.
            tooLong: RequestLine.ruleBroken(byEndlessLine: start..<(start + limit), of: input)
        )
        guard let line else { return false }
        if line.text.isEmpty {
            // Old clients end a body with CRLF that is not of it (RFC 9112 §2.2: at least one empty line
            // is ignored). Servers in use ignore any number, so some clients send several.
            emptyLinesSize += 2
            guard emptyLinesSize <= limits.startLineSize else {
                throw Breach(.emptyLines, at: start)
            }
        } else {
            let requestLine = try RequestLine(input, line.text)
            phase = .fields(requestLine.version)
            self.line = requestLine
            emptyLinesSize = 0
        }
        consumed = line.end
        return true
    }

    /// Puts the head together, and decides how its body is delimited (RFC 9112 §6.3).
    private mutating func takeHead(endingAt end: Int) throws(Breach) -> RequestHead {
        guard let line = line.take() else { preconditionFailure("a head ends that has no line") }
        let section = self.section.takeOut()
        let facts = section.facts
        guard facts.host != nil || line.version < .oneOne else {
            throw Breach(.missingHost, at: end - 2)
        }
        let framing: HTTPFraming =
            if facts.isChunked {
                .chunked
            } else if let length = facts.contentLength {
                .length(length)
            } else {
                .none
            }
        if case .length(let length) = framing, length > limits.bodySize {
            throw Breach(.bodyTooLarge, at: end - 2)
        }
        // A tunnel follows, and it has no length (RFC 9110 §9.3.6).
        if line.method == .connect, framing != .none {
            throw Breach(.unexpectedFraming, at: end - 2)
        }
        let keepsConnection = facts.keepsConnection(in: line.version)
        body = BodyReader(framing)
        phase = .body(isLast: !keepsConnection)
        return RequestHead(line, section, framing: framing, keepsConnection: keepsConnection)
    }
}
