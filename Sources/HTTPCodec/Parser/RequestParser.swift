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
/// buffer.removeFirst(consumed)
/// ```
///
/// It is stricter than its ancestors where being lenient has let requests be smuggled: see `HTTPRule` for
/// all that it refuses. No bytes whatever make it trap, and it looks at each byte once, however small
/// the pieces are that it comes in.
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

    /// What it holds its peer to.
    public let limits: HTTPLimits

    /// - Parameter limits: what the peer may send.
    public init(limits: HTTPLimits = HTTPLimits()) {
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
        nil
    }

    /// Whether no byte of the next message has been seen, and the last one is complete.
    ///
    /// The time to count as idle; from then on the peer is slow to send a head.
    public var isIdle: Bool { true }

    /// What it means that the client ends its stream here.
    ///
    /// Ask when `next` has given nil for all that was received.
    public func finish() -> HTTPStreamEnd {
        .idle
    }
}
