public import HTTPTypes

/// Responses in the bytes of one connection, one event at a time.
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

    /// What it holds its peer to.
    public let limits: HTTPLimits

    /// Whether the connection speaks another protocol from here on: after 101, or after 2xx to `CONNECT`.
    ///
    /// The input that is not consumed then is the other protocol's.
    public var hasSwitched: Bool { false }

    /// - Parameter limits: what the peer may send.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Says that a request with this method was sent, after those said before.
    public mutating func expect(_ method: HTTPRequest.Method) {
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
        nil
    }

    /// Whether no byte of the next message has been seen, and the last one is complete.
    ///
    /// The time to count as idle; from then on the peer is slow to send a head.
    public var isIdle: Bool { true }

    /// What it means that the server ends its stream here.
    ///
    /// Ask when `next` has given nil for all that was received.
    public func finish() -> HTTPStreamEnd {
        .idle
    }
}
