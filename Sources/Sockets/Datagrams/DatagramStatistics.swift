/// What a datagram, raw or packet socket has done so far.
public struct DatagramStatistics: Sendable, Hashable {
    /// Datagrams received; one of several that the kernel put together (UDP_GRO) counts as one.
    public let receivedCount: Int
    /// Bytes received.
    public let receivedSize: Int
    /// Received datagrams that were larger than the memory given for them.
    public let truncatedCount: Int
    /// Datagrams sent; one that the kernel cuts into several (UDP_SEGMENT) counts as one.
    public let sentCount: Int
    /// Bytes sent.
    public let sentSize: Int
    /// Sends with a segment size that the kernel refused to cut (UDP_SEGMENT), so that this library
    /// sent the segments one by one: larger than the path takes, or no offload on the way.
    public let splitCount: Int
    /// Errors the network or this machine reported of datagrams sent.
    public let errorCount: Int
    /// How many of those nobody asked for and that were dropped; see
    /// ``DatagramSocket/receiveError()``.
    public let droppedErrorCount: Int
    /// Whether the kernel cuts large sends into datagrams (UDP_SEGMENT, Linux 4.18) for this socket.
    public let hasSegmentationOffload: Bool
    /// Whether the kernel puts received datagrams together (UDP_GRO, Linux 5.0) for this socket;
    /// switched on with ``SocketOption/receiveOffload``.
    public let hasReceiveOffload: Bool
}

/// The counts of a message socket: each written by the one operation inside its direction.
struct DatagramCounters: ~Copyable, Sendable {
    let received = Counter()
    let receivedSize = Counter()
    let truncated = Counter()
    let sent = Counter()
    let sentSize = Counter()
    let split = Counter()
}

extension MessageSocket {
    func statistics() -> DatagramStatistics {
        let errors = errors.counts
        return DatagramStatistics(
            receivedCount: counters.received.count,
            receivedSize: counters.receivedSize.count,
            truncatedCount: counters.truncated.count,
            sentCount: counters.sent.count,
            sentSize: counters.sentSize.count,
            splitCount: counters.split.count,
            errorCount: errors.total,
            droppedErrorCount: errors.dropped,
            hasSegmentationOffload: socket.withNumber(System.hasSegmentation) ?? false,
            hasReceiveOffload: socket.withNumber(System.hasReceiveOffload) ?? false
        )
    }
}
