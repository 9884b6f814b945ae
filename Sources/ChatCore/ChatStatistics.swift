/// What a chat has done since it was made, for logs and metrics.
///
/// Counts only rise.
public struct ChatStatistics: Hashable, Sendable {
    /// Members admitted.
    public internal(set) var connectCount: UInt64 = 0
    /// Members gone.
    public internal(set) var quitCount: UInt64 = 0
    /// Lines said in rooms.
    public internal(set) var messageCount: UInt64 = 0
    /// Lines said to one member.
    public internal(set) var directCount: UInt64 = 0
    /// Rooms entered, by each member.
    public internal(set) var joinCount: UInt64 = 0
    /// Rooms left, by each member.
    public internal(set) var leaveCount: UInt64 = 0
    /// Digests shown.
    public internal(set) var digestCount: UInt64 = 0
    /// Commands refused for any cause but a flood.
    public internal(set) var refusalCount: UInt64 = 0
    /// Commands refused for coming too fast.
    public internal(set) var floodRefusalCount: UInt64 = 0
    /// Members disconnected for flooding.
    public internal(set) var floodDisconnectCount: UInt64 = 0
}
