/// What stands before a frame's payload (RFC 6455 §5.2).
///
/// ```text
///  0               1               2               3
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// |F|R|R|R| opcode|M| length (7)  |  length (16 or 63 bits, if    |
/// |I|S|S|S|  (4)  |A|             |  the 7 say 126 or 127)        |
/// |N|V|V|V|       |S|             +-------------------------------+
/// | |1|2|3|       |K|             |  masking key (32, if masked)  |
/// +-+-+-+-+-------+-+-------------+-------------------------------+
/// ```
public struct WebSocketFrameHeader: Hashable, Sendable {
    /// Whether it is the message's last frame (FIN).
    public var isFinal: Bool

    /// Whether the message it begins is compressed (RSV1, RFC 7692 §6).
    public var isCompressed: Bool

    /// What the frame is.
    public var opcode: WebSocketOpcode

    /// How many bytes of payload follow.
    public var payloadSize: Int

    /// What they are masked with; nil from servers.
    public var maskingKey: WebSocketMaskingKey?

    /// The size of the largest header: two bytes, a 64-bit length and a key.
    public static let sizeLimit = 14

    /// The most payload of a control frame (RFC 6455 §5.5).
    public static let controlPayloadSizeLimit = 125

    /// A header by its fields.
    ///
    /// Traps on a negative size, and on a control frame that is a fragment, compressed or too big.
    public init(
        _ opcode: WebSocketOpcode,
        payloadSize: Int,
        isFinal: Bool = true,
        isCompressed: Bool = false,
        maskingKey: WebSocketMaskingKey? = nil
    ) {
        precondition(payloadSize >= 0, "a payload of less than nothing")
        precondition(
            !opcode.isControl
                || isFinal && !isCompressed && payloadSize <= Self.controlPayloadSizeLimit,
            "a control frame has at most 125 bytes, in one frame, not compressed"
        )
        self.opcode = opcode
        self.payloadSize = payloadSize
        self.isFinal = isFinal
        self.isCompressed = isCompressed
        self.maskingKey = maskingKey
    }
}

extension WebSocketFrameHeader {
    /// How many bytes it takes.
    public var size: Int {
        (payloadSize < 126 ? 2 : payloadSize <= 0xFFFF ? 4 : 10) + (maskingKey == nil ? 0 : 4)
    }

    /// Reads a header from the start of the bytes; ``size`` says how many it took.
    ///
    /// Nil asks for more bytes: all that there are so far is in order.
    ///
    /// - Throws: the first rule that is broken, at the first byte that breaks it. What depends on the
    ///   connection, such as who masks, is ``WebSocketMachine``'s to judge.
    public init?(parsing bytes: RawSpan) throws(WebSocketViolation.Cause) {
        guard bytes.byteCount >= 1 else { return nil }
        let first = bytes.byte(at: 0)
        guard first & 0x30 == 0 else { throw .reservedBits(first) }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            throw .unknownOpcode(first & 0x0F)
        }
        self.opcode = opcode
        isFinal = first & 0x80 != 0
        isCompressed = first & 0x40 != 0
        guard !opcode.isControl || isFinal else { throw .fragmentedControlFrame(opcode) }
        guard bytes.byteCount >= 2 else { return nil }
        let second = bytes.byte(at: 1)
        let short = second & 0x7F
        guard !opcode.isControl || short < 126 else { throw .oversizedControlFrame(opcode) }
        let keyOffset: Int
        switch short {
        case 126:
            guard bytes.byteCount >= 4 else { return nil }
            let length = bytes.uint16(at: 2)
            guard length >= 126 else { throw .lengthNotMinimal(UInt64(length)) }
            payloadSize = Int(length)
            keyOffset = 4
        case 127:
            guard bytes.byteCount >= 10 else { return nil }
            let length = bytes.uint64(at: 2)
            guard length > 0xFFFF else { throw .lengthNotMinimal(length) }
            guard let size = Int(exactly: length) else { throw .lengthOutOfRange(length) }
            payloadSize = size
            keyOffset = 10
        default:
            payloadSize = Int(short)
            keyOffset = 2
        }
        if second & 0x80 != 0 {
            guard bytes.byteCount >= keyOffset + 4 else { return nil }
            maskingKey = WebSocketMaskingKey(bytes.uint32(at: keyOffset))
        } else {
            maskingKey = nil
        }
    }

    /// Appends the header, its length in as few bytes as possible.
    public func write(to output: inout [UInt8]) {
        let first: UInt8 = opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)
        let masked: UInt8 = maskingKey == nil ? 0 : 0x80
        output.append(first)
        switch payloadSize {
        case ..<126: output.append(masked | UInt8(truncatingIfNeeded: payloadSize))
        case ...0xFFFF:
            output.append(masked | 126)
            output.append(bigEndian: UInt16(truncatingIfNeeded: payloadSize))
        default:
            output.append(masked | 127)
            output.append(bigEndian: UInt64(payloadSize))
        }
        if let maskingKey { output.append(bigEndian: maskingKey.value) }
    }
}
