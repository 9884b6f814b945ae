internal import HTTPCodec
internal import Sockets

/// What came from a server and was not read yet, and the parser that looks at it.
struct ResponseIntake: ~Copyable {
    private var parser: ResponseParser
    /// Received and not consumed.
    var buffer: ByteBuffer

    /// Beyond the longest piece the parser leaves lying: what one receive may take.
    ///
    /// A pooled chunk of an event loop.
    private static let receiveSize = 65_536

    init(limits: HTTPLimits) {
        parser = ResponseParser(limits: limits)
        // Partial lines stay in the buffer until they are whole.
        let lineSize = max(limits.fieldsSize, limits.startLineSize, limits.trailersSize)
        let (sum, overflow) = lineSize.addingReportingOverflow(Self.receiveSize)
        buffer = ByteBuffer(limit: overflow ? .max : sum)
    }

    /// Whether no byte of the next response has come.
    var isIdle: Bool { parser.isIdle && buffer.isEmpty }

    /// Says that a request with this method was sent.
    mutating func expect(_ method: HTTPRequest.Method) { parser.expect(method) }

    /// What it means that the server ends its stream here.
    func finish() -> HTTPStreamEnd { parser.finish() }

    /// The next event; nil if that needs more bytes.
    ///
    /// `take` is given the bytes of a `.body`, which are gone afterwards.
    mutating func next(
        _ take: (RawSpan) throws -> Void = { _ in }
    ) throws -> ResponseParser.Event? {
        var consumed = 0
        let event = try Self.next(&parser, buffer, &consumed, take)
        buffer.consume(consumed)
        return event
    }

    /// Gives away what has come and belongs to no response: it is of another protocol.
    mutating func takeBuffer() -> ByteBuffer {
        var rest = ByteBuffer()
        swap(&rest, &buffer)
        return rest
    }

    /// With parser and buffer apart: one changes while the other lends its bytes.
    private static func next(
        _ parser: inout ResponseParser,
        _ buffer: borrowing ByteBuffer,
        _ consumed: inout Int,
        _ take: (RawSpan) throws -> Void
    ) throws -> ResponseParser.Event? {
        let bytes = buffer.bytes
        let event = try parser.next(bytes, consumed: &consumed)
        if case .body(let range) = event { try take(bytes.extracting(range)) }
        return event
    }
}
