/// The frame that is being received: its header, of which a part may have come, then how much of its
/// payload has.
struct IncomingFrame: Sendable {
    /// The header, once it is complete.
    private(set) var header: WebSocketFrameHeader?

    /// How many bytes of the payload have come.
    private(set) var receivedSize = 0

    /// Where the frame began, in bytes received since the handshake.
    private(set) var offset: UInt64 = 0

    /// The first bytes of a header that was cut off.
    private var cut: [UInt8] = []

    /// The payload so far of a control frame that was cut off.
    var controlPayload: [UInt8] = []

    /// How many bytes of the payload are still to come.
    var remainingSize: Int { (header?.payloadSize ?? 0) - receivedSize }

    /// Reads a header, going on where the last input ended.
    ///
    /// Nil when the input ends inside it.
    @inline(__always)
    mutating func readHeader(
        _ input: RawSpan,
        _ consumed: inout Int
    ) throws(WebSocketViolation.Cause) -> WebSocketFrameHeader? {
        guard cut.isEmpty else { return try continueHeader(input, &consumed) }
        let rest = input.extracting(consumed..<input.byteCount)
        guard let header = try WebSocketFrameHeader(parsing: rest) else {
            cut.append(rest)
            consumed = input.byteCount
            return nil
        }
        consumed &+= header.size
        begin(header)
        return header
    }

    /// A header that was cut off is completed byte by byte: there are at most 14, and that it
    /// was cut is rare.
    private mutating func continueHeader(
        _ input: RawSpan,
        _ consumed: inout Int
    ) throws(WebSocketViolation.Cause) -> WebSocketFrameHeader? {
        while consumed < input.byteCount {
            cut.append(input.byte(at: consumed))
            consumed += 1
            if let header = try unsafe WebSocketFrameHeader(parsing: cut.span.bytes) {
                cut = []
                begin(header)
                return header
            }
        }
        return nil
    }

    private mutating func begin(_ header: WebSocketFrameHeader) {
        self.header = header
        receivedSize = 0
    }

    /// Notes that bytes of the payload came.
    mutating func receive(_ size: Int) { receivedSize &+= size }

    /// Notes that the frame is complete: the next byte begins another.
    mutating func finish() {
        guard let header else { return }
        // At most 2^63 + 14 more each time, and no connection receives 2^64 bytes.
        offset &+= UInt64(header.size) &+ UInt64(header.payloadSize)
        self.header = nil
    }
}
