/// The message that is being received and could not be handed out where it lay: it is in fragments,
/// compressed, or its frame came in pieces.
struct IncomingMessage: ~Copyable, Sendable {
    /// Text or binary; nil between messages.
    private(set) var kind: WebSocketOpcode?

    /// Frames so far.
    private(set) var fragmentCount = 0

    /// Payload bytes that the frames so far announced, as they come over the wire.
    private(set) var announcedSize = 0

    /// The message so far, after inflating.
    private var bytes: [UInt8] = []

    /// Whether the text so far is UTF-8.
    private var utf8 = UTF8Check()

    /// What inflates a compressed message; nil for others.
    private var inflater: Inflater?

    init() {}

    /// Whether its bytes are inflated.
    var isCompressed: Bool { inflater != nil }

    /// Begins a message.
    ///
    /// `inflatingWindowBits` are nil if it is not compressed.
    mutating func begin(_ kind: WebSocketOpcode, inflatingWindowBits: Int?) {
        self.kind = kind
        inflater = inflatingWindowBits.map { Inflater(windowBits: $0) }
    }

    /// Notes a frame, unless the message would be past a limit.
    mutating func announce(
        _ size: Int,
        within limits: WebSocketLimits
    ) throws(WebSocketViolation.Cause) {
        fragmentCount += 1
        guard fragmentCount <= limits.fragmentCountLimit else {
            throw .tooManyFragments(limit: limits.fragmentCountLimit)
        }
        // Empty blocks of DEFLATE inflate to nothing, so the compressed size has a limit too: what
        // the worst compressor, one with DEFLATE's fixed codes of nine bits for eight, needs.
        let limit = limits.messageSizeLimit
        let slack = isCompressed ? limit / 8 + 64 : 0
        let (wireLimit, overflow) = limit.addingReportingOverflow(slack)
        guard size <= (overflow ? .max : wireLimit) - announcedSize else {
            throw .messageTooBig(limit: limit)
        }
        announcedSize += size
    }

    /// Takes the next bytes, already unmasked.
    mutating func append(
        _ piece: RawSpan,
        within limits: WebSocketLimits
    ) throws(WebSocketViolation.Cause) {
        let before = bytes.count
        if inflater != nil {
            try inflater?.inflate(piece, into: &bytes, limit: limits.messageSizeLimit)
        } else {
            bytes.reserve(piece.byteCount, limit: limits.messageSizeLimit)
            bytes.append(piece)
        }
        try checkText(from: before)
    }

    /// Ends the message and gives it away; the next may begin.
    mutating func finish(
        within limits: WebSocketLimits
    ) throws(WebSocketViolation.Cause) -> WebSocketEvent {
        let before = bytes.count
        try inflater?.finish(into: &bytes, limit: limits.messageSizeLimit)
        try checkText(from: before)
        guard utf8.isComplete else { throw .textNotUTF8 }
        let payload = WebSocketPayload.assembled(bytes)
        let event: WebSocketEvent = kind == .text ? .text(payload) : .binary(payload)
        self = IncomingMessage()
        return event
    }

    /// Ends a message whose bytes never came here.
    mutating func finishElsewhere() {
        kind = nil
        fragmentCount = 0
        announcedSize = 0
    }

    private mutating func checkText(
        from offset: Int
    ) throws(WebSocketViolation.Cause) {
        guard kind == .text else { return }
        var check = utf8
        let isValid = unsafe check.isValid(bytes.span.bytes.extracting(offset..<bytes.count))
        utf8 = check
        guard isValid else { throw .textNotUTF8 }
    }
}

extension [UInt8] {
    /// Makes room for more bytes by doubling, as appending does, but never past a limit: the sum
    /// is known to be within it.
    mutating func reserve(_ more: Int, limit: Int) {
        let needed = count + more
        guard needed > capacity else { return }
        reserveCapacity(Swift.max(needed, Swift.min(limit, capacity * 2)))
    }
}
