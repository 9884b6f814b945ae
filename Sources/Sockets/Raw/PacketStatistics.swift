/// What a ``PacketSocket`` and the kernel before it have done so far.
public struct PacketStatistics: Hashable, Sendable {
    /// Packets that the filter took, dropped ones included (PACKET_STATISTICS).
    public let matchedCount: Int
    /// How many of those were dropped because the socket's buffer was full.
    public let droppedCount: Int
    /// Packets received.
    public let receivedCount: Int
    /// Bytes received.
    public let receivedSize: Int
    /// Packets sent.
    public let sentCount: Int
    /// Bytes sent.
    public let sentSize: Int
}

/// What the kernel has counted, over all times it was asked.
struct PacketCounts: Sendable {
    var taken = 0
    var dropped = 0
}
