/// A rule that the peer broke, and where.
///
/// Printed: `websocket frame at byte 17: text that is not UTF-8 (close 1007)`. Its numbers are
/// plain, so refusing a flood of bad connections allocates nothing.
public struct WebSocketViolation: Error, Hashable, Sendable {
    /// Which rule.
    public enum Cause: Error, Hashable, Sendable {
        /// A reserved bit that no extension gave a meaning (RFC 6455 §5.2): the frame's first byte.
        case reservedBits(UInt8)

        /// An opcode without a meaning (RFC 6455 §5.2).
        case unknownOpcode(UInt8)

        /// A control frame that says it is a fragment (RFC 6455 §5.5).
        case fragmentedControlFrame(WebSocketOpcode)

        /// A control frame with more than 125 bytes (RFC 6455 §5.5).
        case oversizedControlFrame(WebSocketOpcode)

        /// A length in more bytes than it needs (RFC 6455 §5.2).
        case lengthNotMinimal(UInt64)

        /// A 64-bit length whose highest bit is set (RFC 6455 §5.2).
        case lengthOutOfRange(UInt64)

        /// A client's frame that is not masked (RFC 6455 §5.1).
        case notMasked

        /// A server's frame that is masked (RFC 6455 §5.1).
        case masked

        /// A continuation where no message has begun (RFC 6455 §5.4).
        case nothingToContinue

        /// A message that begins inside another (RFC 6455 §5.4).
        case messageInsideMessage

        /// A compressed bit where RFC 7692 §6.1 allows none: on a continuation or a control frame,
        /// or with no compression agreed.
        case unexpectedCompression

        /// Text that is not UTF-8 (RFC 6455 §8.1).
        case textNotUTF8

        /// A close frame with one byte, half a code (RFC 6455 §5.5.1).
        case halfCloseCode

        /// A close code that no frame may hold (RFC 6455 §7.4).
        case invalidCloseCode(UInt16)

        /// A close reason that is not UTF-8 (RFC 6455 §5.5.1).
        case closeReasonNotUTF8

        /// Compressed bytes that are not DEFLATE (RFC 1951), or refer to before their message.
        case invalidCompressedData

        /// A frame beyond ``WebSocketLimits/frameSizeLimit``.
        case frameTooBig(size: Int, limit: Int)

        /// A message beyond ``WebSocketLimits/messageSizeLimit``.
        case messageTooBig(limit: Int)

        /// A message beyond ``WebSocketLimits/fragmentCountLimit``.
        case tooManyFragments(limit: Int)
    }

    /// Which rule.
    public let cause: Cause

    /// Where the frame begins that broke it, in bytes received since the handshake.
    public let frameOffset: UInt64

    /// A broken rule and its place.
    public init(_ cause: Cause, frameOffset: UInt64) {
        self.cause = cause
        self.frameOffset = frameOffset
    }

    /// What the close frame tells the peer.
    public var closeCode: WebSocketCloseCode {
        switch cause {
        case .reservedBits, .unknownOpcode, .fragmentedControlFrame, .oversizedControlFrame,
            .lengthNotMinimal, .lengthOutOfRange, .notMasked, .masked, .nothingToContinue,
            .messageInsideMessage, .unexpectedCompression, .halfCloseCode, .invalidCloseCode:
            .protocolError
        case .textNotUTF8, .closeReasonNotUTF8, .invalidCompressedData: .invalidPayload
        case .frameTooBig, .messageTooBig: .messageTooBig
        case .tooManyFragments: .policyViolation
        }
    }
}

extension WebSocketViolation: CustomStringConvertible {
    /// Place, rule and close code on one line.
    public var description: String {
        "websocket frame at byte \(frameOffset): \(cause) (close \(closeCode.rawValue))"
    }
}

extension WebSocketViolation.Cause: CustomStringConvertible {
    /// The rule in words, as a close frame's reason gives it to the peer.
    public var description: String {
        switch self {
        case .reservedBits(let byte):
            "reserved bits set in the first byte, 0x\(String(byte, radix: 16))"
        case .unknownOpcode(let code): "opcode \(code), which has no meaning"
        case .fragmentedControlFrame(let opcode): "a \(opcode) frame in fragments"
        case .oversizedControlFrame(let opcode): "a \(opcode) frame of more than 125 bytes"
        case .lengthNotMinimal(let length): "length \(length) in more bytes than it needs"
        case .lengthOutOfRange(let length): "length \(length), which is beyond 63 bits"
        case .notMasked: "a client's frame that is not masked"
        case .masked: "a server's frame that is masked"
        case .nothingToContinue: "a continuation where no message has begun"
        case .messageInsideMessage: "a message that begins inside another"
        case .unexpectedCompression: "a compressed bit where none is allowed"
        case .textNotUTF8: "text that is not UTF-8"
        case .halfCloseCode: "a close frame of one byte"
        case .invalidCloseCode(let code): "close code \(code), which no frame may hold"
        case .closeReasonNotUTF8: "a close reason that is not UTF-8"
        case .invalidCompressedData: "compressed data that does not inflate"
        case .frameTooBig(let size, let limit): "a frame of \(size) bytes, the limit is \(limit)"
        case .messageTooBig(let limit): "a message of more than \(limit) bytes"
        case .tooManyFragments(let limit): "a message of more than \(limit) frames"
        }
    }
}

/// Something could not be sent because this end, or the connection, is closed already
/// (``WebSocketState/closing``, ``WebSocketState/closed``).
///
/// Nothing was written.
public struct WebSocketNotOpen: Error, Hashable, Sendable, CustomStringConvertible {
    /// The state that forbids it.
    public let state: WebSocketState

    /// A refusal in a state.
    public init(state: WebSocketState) { self.state = state }

    /// The state in words.
    public var description: String { "send on a websocket that is \(state)" }
}
