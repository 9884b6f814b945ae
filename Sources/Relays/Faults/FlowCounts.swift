/// What became of everything that one direction of a relayed connection was given.
public struct FlowCounts: Sendable, Hashable {
    /// Bytes that came.
    public internal(set) var receivedSize = 0
    /// Bytes that were handed on.
    public internal(set) var sentSize = 0
    /// Bytes that vanished in a black hole, or on the way to an end that was gone.
    public internal(set) var swallowedSize = 0
    /// Datagrams and messages that came.
    public internal(set) var receivedCount = 0
    /// Datagrams and messages that were handed on.
    public internal(set) var sentCount = 0
    /// Datagrams that were lost, by ``RelayFaults/loss``.
    public internal(set) var lostCount = 0
    /// Datagrams that were sent twice.
    public internal(set) var doubledCount = 0
    /// Datagrams that were overtaken, by ``RelayFaults/reordering``.
    public internal(set) var reorderedCount = 0

    /// Nothing yet.
    public init() {}

    /// The counts of two flows together.
    public static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.receivedSize += right.receivedSize
        sum.sentSize += right.sentSize
        sum.swallowedSize += right.swallowedSize
        sum.receivedCount += right.receivedCount
        sum.sentCount += right.sentCount
        sum.lostCount += right.lostCount
        sum.doubledCount += right.doubledCount
        sum.reorderedCount += right.reorderedCount
        return sum
    }
}
