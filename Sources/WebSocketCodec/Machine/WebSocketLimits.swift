/// Every thing a peer can make grow in a WebSocket, how far it may, and why there.
///
/// The peer that goes past one is told so with close code 1009 or 1008
/// (``WebSocketViolation/closeCode``).
public struct WebSocketLimits: Hashable, Sendable {
    /// Payload bytes in one frame, as they come over the wire.
    ///
    /// As large as a message by default, because most senders put a message into one frame. It costs
    /// nothing until the bytes come: no memory is taken on a frame header's word.
    public var frameSizeLimit = 1_048_576

    /// Bytes in one message, all its frames together, after inflating.
    ///
    /// 1 MiB. Arbitrary: far more than a program that exchanges messages needs, and a thousand
    /// connections at the limit are a gigabyte, which a server survives.
    public var messageSizeLimit = 1_048_576

    /// Frames in one message.
    ///
    /// Frames may be empty, so that a message's size does not bound them. 65,536 lets 4 MiB come in
    /// pieces of 64 bytes, the finest cut that the Autobahn suite tries.
    public var fragmentCountLimit = 65_536

    /// The defaults, each explained at its property.
    public init() {}

    /// Traps on limits that make no sense: they come from the program, not from a peer.
    func check() {
        precondition(frameSizeLimit > 0 && messageSizeLimit > 0 && fragmentCountLimit > 0)
    }
}
