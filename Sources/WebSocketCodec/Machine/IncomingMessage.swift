/// The message that is being received, as far as it could not be handed out where it lay: it is in
/// fragments, compressed, or its frame came in pieces.
struct IncomingMessage: Sendable {
    /// Text or binary.
    let kind: WebSocketOpcode

    /// Frames so far.
    private var fragmentCount = 0

    /// Payload bytes that the frames so far announced, as they come over the wire.
    private var announcedSize = 0

    /// The message so far, after inflating.
    private var bytes: MessageBytes

    /// What inflates a compressed message; nil for others.
    private let inflater: Inflater?

    private let limits: WebSocketLimits

    /// A message of which nothing has come; `inflatingWindowBits` are nil if it is not compressed.
    init(_ kind: WebSocketOpcode, inflatingWindowBits: Int?, limits: WebSocketLimits) {
        self.kind = kind
        self.limits = limits
        bytes = MessageBytes(isText: kind == .text, limit: limits.messageSizeLimit)
        inflater = inflatingWindowBits.map { Inflater(windowBits: $0) }
    }

    /// Whether its bytes are inflated.
    var isCompressed: Bool { inflater != nil }

    /// Notes a frame, unless the message would be past a limit.
    mutating func announce(_ size: Int) throws(WebSocketViolation.Cause) {
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
    mutating func append(_ piece: RawSpan) throws(WebSocketViolation.Cause) {
        guard piece.byteCount > 0 else { return }
        if isCompressed {
            try inflater?.inflate(piece, into: &bytes)
        } else {
            try bytes.append(piece)
        }
    }

    /// The message, which is complete.
    mutating func finish() throws(WebSocketViolation.Cause) -> WebSocketEvent {
        // Some senders compress an empty message to nothing, not to RFC 7692 §7.2.3.6's one byte.
        if announcedSize > 0 { try inflater?.finish(into: &bytes) }
        let payload = WebSocketPayload.assembled(try bytes.finish())
        return kind == .text ? .text(payload) : .binary(payload)
    }
}
