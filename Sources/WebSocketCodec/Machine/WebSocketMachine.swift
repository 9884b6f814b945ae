/// One end of a WebSocket (RFC 6455) after its handshake: bytes in, events and bytes out, no I/O.
///
/// The driver gives what it received to ``next(_:consumed:output:)`` until that returns nil, and
/// sends what it and the sending methods append to `output`. Answers that the protocol asks for, a
/// pong or a close frame, are appended without being asked.
///
/// ```swift
/// var machine = WebSocketMachine(.server)
/// var output: [UInt8] = []
/// var consumed = 0
/// while let event = try machine.next(&input, consumed: &consumed, output: &output) {
///     if case .text(let payload) = event {
///         let text = payload.text(in: input)
///         try machine.send(text: text.utf8Span, to: &output)
///     }
/// }
/// // Now send `output`, also after an error; then, when `machine.state` is `.closed`, end the
/// // transport, otherwise receive the next input.
/// ```
///
/// The rules:
///
/// 1. When ``next(_:consumed:output:)`` returns nil, every byte of the input is consumed. What was
///    cut off is kept here: at most a header, a control frame and the message so far, within
///    ``limits``. Between messages nothing is kept and nothing is allocated.
/// 2. However the bytes are cut into inputs, the events and errors are the same.
/// 3. A message in one frame that came in one piece is unmasked where it lies, not copied.
/// 4. After a ``WebSocketViolation`` or the peer's close frame nothing more is read, and nothing
///    follows this end's close frame but pongs.
/// 5. A peer that only pings makes this end answer. A driver that sends the output before it
///    receives again is not made to keep more than three times what it received.
///
/// Not copyable, and one task at a time: two tasks that send need a lock around it.
public struct WebSocketMachine: ~Copyable, Sendable {
    /// Whether the connection is open, closing or closed.
    public internal(set) var state = WebSocketState.open

    /// What the peer can make grow, and how far.
    public let limits: WebSocketLimits

    /// The compression that the handshake agreed on.
    let compression: PermessageDeflate?

    /// Where the client's masking keys come from; nil for the server, which does not mask.
    var maskingKeys: (any RandomNumberGenerator & Sendable)?

    /// The frame that is being received.
    var frame = IncomingFrame()

    /// The message that is being received; nil between messages.
    var message: IncomingMessage?

    /// The kind of the message that is being sent in fragments.
    var outgoing: WebSocketOpcode?

    /// An end of a connection whose handshake is done.
    ///
    /// Messages are compressed only if the handshake agreed on `compression`.
    public init(
        _ role: WebSocketRole,
        limits: WebSocketLimits = WebSocketLimits(),
        compression: PermessageDeflate? = nil
    ) {
        limits.check()
        self.limits = limits
        self.compression = compression
        maskingKeys =
            switch role {
            case .server: nil
            case .client(let maskingKeys): maskingKeys
            }
    }

    /// Whether this end accepted the handshake.
    var isServer: Bool { maskingKeys == nil }
}
