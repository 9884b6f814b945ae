/// What a frame is (RFC 6455 §5.2): the low four bits of its first byte.
///
/// The reserved codes (3–7, 11–15) are no values of this type: no extension that is spoken here gives
/// them a meaning, so a frame that has one is refused.
public enum WebSocketOpcode: UInt8, Hashable, Sendable {
    /// Goes on where the message's last frame ended.
    case continuation = 0x0

    /// Begins a message of UTF-8 text.
    case text = 0x1

    /// Begins a message of bytes.
    case binary = 0x2

    /// Ends the conversation, with a code and a reason or with neither.
    case close = 0x8

    /// Asks for a ``pong`` with the same payload.
    case ping = 0x9

    /// Answers a ``ping``, or says unasked that this end is alive.
    case pong = 0xA

    /// Whether it is a control frame: never fragmented, at most 125 bytes (RFC 6455 §5.5), and
    /// allowed between the fragments of a message.
    public var isControl: Bool { rawValue & 0x8 != 0 }
}
