// Sending appends frames to the driver's output. Text is a `UTF8Span`, so that what is not UTF-8
// cannot be sent: `string.utf8Span`, or `UTF8Span(validating:)` of bytes.

extension WebSocketMachine {
    /// Appends a message of text in one frame, compressed if that was agreed and saves bytes.
    ///
    /// Traps between the fragments of another message.
    ///
    /// - Throws: if a close frame was sent or received, or the connection failed.
    public mutating func send(
        text: borrowing UTF8Span,
        to output: inout [UInt8]
    ) throws(WebSocketNotOpen) {
        try send(.text, unsafe text.span.bytes, to: &output)
    }

    /// Appends a message of bytes in one frame, compressed if that was agreed and saves bytes.
    ///
    /// Traps between the fragments of another message.
    ///
    /// - Throws: if a close frame was sent or received, or the connection failed.
    public mutating func send(
        binary: RawSpan,
        to output: inout [UInt8]
    ) throws(WebSocketNotOpen) {
        try send(.binary, binary, to: &output)
    }

    /// Appends a part of a message of text, for a message that is not there as a whole yet.
    ///
    /// The first call begins the message, the call with `isLast` ends it. Fragments are not
    /// compressed, and hold whole characters.
    ///
    /// Traps between the fragments of a message of bytes.
    ///
    /// - Throws: if a close frame was sent or received, or the connection failed.
    public mutating func sendFragment(
        text: borrowing UTF8Span,
        isLast: Bool,
        to output: inout [UInt8]
    ) throws(WebSocketNotOpen) {
        try sendFragment(.text, unsafe text.span.bytes, isLast: isLast, to: &output)
    }

    /// Appends a part of a message of bytes, for a message that is not there as a whole yet.
    ///
    /// The first call begins the message, the call with `isLast` ends it. Fragments are not
    /// compressed.
    ///
    /// Traps between the fragments of a message of text.
    ///
    /// - Throws: if a close frame was sent or received, or the connection failed.
    public mutating func sendFragment(
        binary: RawSpan,
        isLast: Bool,
        to output: inout [UInt8]
    ) throws(WebSocketNotOpen) {
        try sendFragment(.binary, binary, isLast: isLast, to: &output)
    }

    /// Appends a ping, which the peer answers with a ``WebSocketEvent/pong(_:)`` of the same payload.
    ///
    /// Traps on a payload of more than 125 bytes.
    ///
    /// - Throws: if a close frame was sent or received, or the connection failed.
    public mutating func ping(
        _ payload: RawSpan = RawSpan(),
        to output: inout [UInt8]
    ) throws(WebSocketNotOpen) {
        try needOpen()
        write(.ping, payload, to: &output)
    }

    private mutating func send(
        _ opcode: WebSocketOpcode,
        _ bytes: RawSpan,
        to output: inout [UInt8]
    ) throws(WebSocketNotOpen) {
        try needOpen()
        precondition(outgoing == nil, "a message sent between the fragments of another")
        if let compression, bytes.byteCount >= compression.sizeMinimum {
            let windowBits =
                isServer ? compression.serverWindowBits : compression.clientWindowBits
            if let deflated = Deflater.deflate(bytes, windowBits: windowBits) {
                write(opcode, unsafe deflated.span.bytes, isCompressed: true, to: &output)
                return
            }
        }
        write(opcode, bytes, to: &output)
    }

    private mutating func sendFragment(
        _ opcode: WebSocketOpcode,
        _ bytes: RawSpan,
        isLast: Bool,
        to output: inout [UInt8]
    ) throws(WebSocketNotOpen) {
        try needOpen()
        precondition(
            outgoing == nil || outgoing == opcode,
            "a fragment of another kind than its message's first"
        )
        write(outgoing == nil ? opcode : .continuation, bytes, isFinal: isLast, to: &output)
        outgoing = isLast ? nil : opcode
    }

    private func needOpen() throws(WebSocketNotOpen) {
        switch state {
        case .open: break
        case .closing, .closed: throw WebSocketNotOpen(state: state)
        }
    }

    /// Appends a frame, masked if this end is the client.
    mutating func write(
        _ opcode: WebSocketOpcode,
        _ payload: RawSpan,
        isFinal: Bool = true,
        isCompressed: Bool = false,
        to output: inout [UInt8]
    ) {
        let header = WebSocketFrameHeader(
            opcode,
            payloadSize: payload.byteCount,
            isFinal: isFinal,
            isCompressed: isCompressed,
            maskingKey: maskingKeys?.next().maskingKey
        )
        header.write(to: &output)
        let start = output.count
        output.append(payload)
        guard let key = header.maskingKey else { return }
        // Safe: it is the payload's copy, and the array is ours for the call.
        unsafe output.withUnsafeMutableBytes { bytes in
            unsafe key.apply(to: .init(rebasing: bytes[start...]), offset: 0)
        }
    }
}

extension UInt64 {
    /// A masking key of half of this random number's bits.
    fileprivate var maskingKey: WebSocketMaskingKey {
        WebSocketMaskingKey(UInt32(truncatingIfNeeded: self))
    }
}
