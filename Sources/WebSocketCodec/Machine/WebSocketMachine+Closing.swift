// The closing handshake (RFC 6455 §7.1): each end sends one close frame, and nothing but pongs after
// it. Who got one that it did not ask for answers with one.

extension WebSocketMachine {
    /// The most bytes of a close frame's reason: what the code leaves of a control frame.
    public static let closeReasonSizeLimit = WebSocketFrameHeader.controlPayloadSizeLimit - 2

    /// Appends this end's close frame.
    ///
    /// Nothing happens if it was sent already.
    ///
    /// Without a code the frame is empty, which the peer sees as ``WebSocketCloseCode/noStatus``.
    /// A reason of more than ``closeReasonSizeLimit`` bytes is cut between characters. The peer's
    /// close frame is an event; until it comes, its messages are. How long to wait for it is the
    /// driver's to decide.
    ///
    /// Traps on a code that no frame may hold (``WebSocketCloseCode/maySend``).
    public mutating func close(
        _ code: WebSocketCloseCode? = .normal,
        reason: String = "",
        to output: inout [UInt8]
    ) {
        precondition(code?.maySend != false, "a close code that no frame may hold")
        precondition(code != nil || reason.isEmpty, "a close reason needs a code")
        switch state {
        case .open:
            writeClose(code, reason: reason, to: &output)
            state = .closing
        case .closing, .closed: break
        }
    }

    /// The peer's close frame came: answers it with the same code if it is the first.
    mutating func closed(
        by payload: RawSpan,
        _ output: inout [UInt8]
    ) throws(WebSocketViolation.Cause) -> WebSocketClose {
        let close = try WebSocketClose(parsing: payload)
        switch state {
        case .open: writeClose(close.code == .noStatus ? nil : close.code, to: &output)
        case .closing, .closed: break
        }
        end()
        return close
    }

    /// The peer broke a rule: tells it, unless this end's close frame is out already.
    mutating func fail(_ violation: WebSocketViolation, _ output: inout [UInt8]) {
        switch state {
        case .open:
            writeClose(violation.closeCode, reason: "\(violation.cause)", to: &output)
        case .closing, .closed: break
        }
        end()
    }

    /// Nothing more is read or sent, so nothing more is kept.
    mutating func end() {
        state = .closed
        frame = IncomingFrame()
        message = nil
        outgoing = nil
    }

    private mutating func writeClose(
        _ code: WebSocketCloseCode?,
        reason: String = "",
        to output: inout [UInt8]
    ) {
        var payload: [UInt8] = []
        if let code {
            payload.append(bigEndian: code.rawValue)
            for character in reason {
                guard payload.count + character.utf8.count - 2 <= Self.closeReasonSizeLimit else {
                    break
                }
                payload.append(contentsOf: character.utf8)
            }
        }
        write(.close, unsafe payload.span.bytes, to: &output)
    }
}

extension WebSocketClose {
    /// Reads a close frame's payload (RFC 6455 §5.5.1).
    init(parsing payload: RawSpan) throws(WebSocketViolation.Cause) {
        switch payload.byteCount {
        case 0: self.init(.noStatus)
        case 1: throw .halfCloseCode
        default:
            let code = WebSocketCloseCode(rawValue: payload.uint16(at: 0))
            guard code.maySend else { throw .invalidCloseCode(code.rawValue) }
            let reason = payload.extracting(2..<payload.byteCount)
            var check = UTF8Check()
            guard check.isValid(reason), check.isComplete else { throw .closeReasonNotUTF8 }
            self.init(
                code,
                reason: unsafe reason.withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
            )
        }
    }
}
