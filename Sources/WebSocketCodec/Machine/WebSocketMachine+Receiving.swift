extension WebSocketMachine {
    /// Reads on in received bytes, and returns what they mean next.
    ///
    /// Nil when every byte is consumed and more are needed. `consumed` is how many bytes of `input`
    /// are done with, zero for a fresh input; the event's payload may lie in them
    /// (``WebSocketPayload/received(_:)``). Payloads are unmasked in place, so the input is written
    /// to. Answers are appended to `output`, which is to be sent whatever this returns or throws.
    ///
    /// - Throws: the rule that the peer broke. The close frame that says so is in `output`, the
    ///   state is ``WebSocketState/closed``, and all input is ignored from then on.
    public mutating func next(
        _ input: inout MutableRawSpan,
        consumed: inout Int,
        output: inout [UInt8]
    ) throws(WebSocketViolation) -> WebSocketEvent? {
        precondition(consumed >= 0 && consumed <= input.byteCount, "consumed more than there is")
        switch state {
        case .open, .closing:
            do throws(WebSocketViolation.Cause) {
                return try read(&input, &consumed, &output)
            } catch {
                consumed = input.byteCount
                let violation = WebSocketViolation(error, frameOffset: frame.offset)
                fail(violation, &output)
                throw violation
            }
        case .closed:
            consumed = input.byteCount
            return nil
        }
    }

    /// Notes that the peer's bytes have ended, and returns what its close comes to:
    /// ``WebSocketCloseCode/abnormal`` unless there was a close frame, which was an event already.
    public mutating func inputEnded() -> WebSocketClose? {
        switch state {
        case .open, .closing:
            end()
            return WebSocketClose(.abnormal)
        case .closed: return nil
        }
    }

    private mutating func read(
        _ input: inout MutableRawSpan,
        _ consumed: inout Int,
        _ output: inout [UInt8]
    ) throws(WebSocketViolation.Cause) -> WebSocketEvent? {
        while true {
            let header: WebSocketFrameHeader
            if let begun = frame.header {
                guard consumed < input.byteCount else { return nil }
                header = begun
            } else {
                guard consumed < input.byteCount,
                    let fresh = try frame.readHeader(input.bytes, &consumed)
                else { return nil }
                try admit(fresh)
                header = fresh
            }
            let start = consumed
            let size = min(frame.remainingSize, input.byteCount - start)
            let range = start..<(start &+ size)
            if let key = header.maskingKey, size > 0 {
                // Safe: the range is inside the input, which nobody else touches meanwhile.
                unsafe input.withUnsafeMutableBytes { bytes in
                    let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
                    unsafe key.apply(to: piece, offset: frame.receivedSize)
                }
            }
            consumed = range.upperBound
            frame.receive(size)
            let piece = input.bytes.extracting(range)
            let event =
                header.opcode.isControl
                ? try takeControl(header, piece, range, &output)
                : try takeData(header, piece, range)
            if let event { return event }
        }
    }

    /// Judges a header by what the connection allows at this point, before any of its payload.
    private mutating func admit(
        _ header: WebSocketFrameHeader
    ) throws(WebSocketViolation.Cause) {
        if isServer {
            guard header.maskingKey != nil else { throw .notMasked }
        } else {
            guard header.maskingKey == nil else { throw .masked }
        }
        let beginsMessage = header.opcode == .text || header.opcode == .binary
        guard !header.isCompressed || beginsMessage && compression != nil else {
            throw .unexpectedCompression
        }
        guard !header.opcode.isControl else { return }
        if beginsMessage {
            guard message == nil else { throw .messageInsideMessage }
        } else {
            guard message != nil else { throw .nothingToContinue }
        }
        guard header.payloadSize <= limits.frameSizeLimit else {
            throw .frameTooBig(size: header.payloadSize, limit: limits.frameSizeLimit)
        }
        if beginsMessage {
            message = IncomingMessage(
                header.opcode,
                inflatingWindowBits: header.isCompressed ? inflatingWindowBits : nil,
                limits: limits
            )
        }
        try message?.announce(header.payloadSize)
    }

    /// How far back the peer's compressor refers.
    private var inflatingWindowBits: Int? {
        isServer ? compression?.clientWindowBits : compression?.serverWindowBits
    }

    private mutating func takeData(
        _ header: WebSocketFrameHeader,
        _ piece: RawSpan,
        _ range: Range<Int>
    ) throws(WebSocketViolation.Cause) -> WebSocketEvent? {
        let isWhole = range.count == header.payloadSize
        if isWhole, header.isFinal, header.opcode != .continuation, !header.isCompressed {
            if header.opcode == .text {
                var check = UTF8Check()
                guard check.isValid(piece), check.isComplete else { throw .textNotUTF8 }
            }
            frame.finish()
            message = nil
            return header.opcode == .text ? .text(.received(range)) : .binary(.received(range))
        }
        try message?.append(piece)
        guard frame.remainingSize == 0 else { return nil }
        let event = header.isFinal ? try message?.finish() : nil
        frame.finish()
        if header.isFinal { message = nil }
        return event
    }

    private mutating func takeControl(
        _ header: WebSocketFrameHeader,
        _ piece: RawSpan,
        _ range: Range<Int>,
        _ output: inout [UInt8]
    ) throws(WebSocketViolation.Cause) -> WebSocketEvent? {
        if range.count == header.payloadSize {
            let event = try control(header.opcode, piece, .received(range), &output)
            frame.finish()
            return event
        }
        frame.controlPayload.append(piece)
        guard frame.remainingSize == 0 else { return nil }
        let payload = frame.controlPayload
        frame.controlPayload = []
        // Safe: a UInt8 has no padding whose bytes could mean nothing.
        let bytes = unsafe payload.span.bytes
        let event = try control(header.opcode, bytes, .assembled(payload), &output)
        frame.finish()
        return event
    }

    /// What a complete control frame means.
    private mutating func control(
        _ opcode: WebSocketOpcode,
        _ bytes: RawSpan,
        _ payload: WebSocketPayload,
        _ output: inout [UInt8]
    ) throws(WebSocketViolation.Cause) -> WebSocketEvent {
        switch opcode {
        case .ping:
            // Also while closing: only the peer's close frame ends the duty (RFC 6455 §5.5.2).
            write(.pong, bytes, to: &output)
            return .ping(payload)
        case .close: return .close(try closed(by: bytes, &output))
        default: return .pong(payload)
        }
    }
}
