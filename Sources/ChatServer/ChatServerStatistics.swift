public import ChatCore

/// What a ``ChatServer`` serves now and has done so far.
public struct ChatServerStatistics: Hashable, Sendable {
    /// Connections, those without a name included.
    public let connectionCount: Int
    /// Members: connections with a name.
    public let memberCount: Int
    /// Rooms.
    public let roomCount: Int
    /// Members dropped because they did not read.
    public let slowReaderCount: UInt64
    /// What the chat has done.
    public let chat: ChatStatistics
}
