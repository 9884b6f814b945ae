internal import HTTPCodec
internal import Sockets

/// What came from the other end and was not used yet, and the parser that looks at it.
///
/// An object of its own, because a connection that no longer speaks HTTP does not need it.
final class MessageIntake<Parser: MessageParser> {
    var parser: Parser
    /// Received and not consumed.
    var buffer: ByteBuffer

    /// Beyond the longest piece the parser leaves lying: what one receive may take.
    ///
    /// A pooled chunk of an event loop.
    private static var receiveSize: Int { 65_536 }

    init(limits: HTTPLimits) {
        parser = Parser(limits: limits)
        // Partial lines stay in the buffer until they are whole.
        let lineSize = max(limits.fieldsSize, limits.startLineSize, limits.trailersSize)
        let (sum, overflow) = lineSize.addingReportingOverflow(Self.receiveSize)
        buffer = ByteBuffer(limit: overflow ? .max : sum)
    }

    /// The next event; nil if that needs more bytes.
    ///
    /// `take` is given the bytes of a `.body`, which are gone afterwards.
    func next(
        _ take: (RawSpan) throws -> Void = { _ in }
    ) throws -> Parser.Event? {
        var consumed = 0
        let event = try Self.next(&parser, buffer, &consumed, take)
        buffer.consume(consumed)
        return event
    }

    /// Gives away what has come and belongs to no message: it is of another protocol.
    func takeBuffer() -> ByteBuffer {
        var rest = ByteBuffer()
        swap(&rest, &buffer)
        return rest
    }

    /// With parser and buffer apart: one changes while the other lends its bytes.
    private static func next(
        _ parser: inout Parser,
        _ buffer: borrowing ByteBuffer,
        _ consumed: inout Int,
        _ take: (RawSpan) throws -> Void
    ) throws -> Parser.Event? {
        let bytes = buffer.bytes
        let event = try parser.next(bytes, consumed: &consumed)
        if let range = event.flatMap({ Parser.body($0) }) { try take(bytes.extracting(range)) }
        return event
    }
}

/// What the parsers of requests and responses have in common.
protocol MessageParser {
    associatedtype Event

    init(limits: HTTPLimits)
    mutating func next(
        _ input: RawSpan,
        consumed: inout Int
    ) throws(HTTPViolation) -> Event?

    /// Where the bytes of the body are that an event tells of.
    static func body(_ event: Event) -> Range<Int>?
}

extension RequestParser: MessageParser {
    static func body(_ event: Event) -> Range<Int>? {
        if case .body(let range) = event { range } else { nil }
    }
}

extension ResponseParser: MessageParser {
    static func body(_ event: Event) -> Range<Int>? {
        if case .body(let range) = event { range } else { nil }
    }
}
