internal import HTTPCodec
internal import Sockets

/// What came from a client and was not answered yet, and the parser that looks at it.
///
/// An object of its own, because a connection that no longer speaks HTTP does not need it.
final class RequestIntake {
    private var parser: RequestParser
    /// Received and not consumed.
    var buffer: ByteBuffer

    /// Beyond the longest piece the parser leaves lying: what one receive may take.
    ///
    /// A pooled chunk of an event loop.
    private static let receiveSize = 65_536

    init(limits: HTTPLimits) {
        parser = RequestParser(limits: limits)
        // Partial lines stay in the buffer until they are whole.
        let lineSize = max(limits.fieldsSize, limits.startLineSize, limits.trailersSize)
        let (sum, overflow) = lineSize.addingReportingOverflow(Self.receiveSize)
        buffer = ByteBuffer(limit: overflow ? .max : sum)
    }

    /// Whether nothing of the next request has come.
    var isIdle: Bool { parser.isIdle }

    /// What it means that the client ends its stream here.
    func finish() -> HTTPStreamEnd { parser.finish() }

    /// The next event; nil if that needs more bytes.
    ///
    /// `take` is given the bytes of a `.body`, which are gone afterwards.
    func next(
        _ take: (RawSpan) throws -> Void = { _ in }
    ) throws -> RequestParser.Event? {
        var consumed = 0
        let event = try Self.next(&parser, buffer, &consumed, take)
        buffer.consume(consumed)
        return event
    }

    /// Gives away what has come and belongs to no request: it is of another protocol.
    func takeBuffer() -> ByteBuffer {
        var rest = ByteBuffer()
        swap(&rest, &buffer)
        return rest
    }

    /// With parser and buffer apart: one changes while the other lends its bytes.
    private static func next(
        _ parser: inout RequestParser,
        _ buffer: borrowing ByteBuffer,
        _ consumed: inout Int,
        _ take: (RawSpan) throws -> Void
    ) throws -> RequestParser.Event? {
        let bytes = buffer.bytes
        let event = try parser.next(bytes, consumed: &consumed)
        if case .body(let range) = event { try take(bytes.extracting(range)) }
        return event
    }
}
