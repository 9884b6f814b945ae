/// What a receive says of the datagram whose bytes it put into the caller's memory.
public struct ReceivedDatagram: Hashable, Sendable {
    /// Whom it is from; `unix:*` for a Unix socket without a name.
    public let source: SocketAddress

    /// How many bytes there are in memory.
    public let count: Int

    /// How many bytes the datagram had; what did not fit is gone.
    public let size: Int

    /// What was asked for when the socket was created, and the segment size where the kernel put
    /// several datagrams together.
    public let metadata: DatagramMetadata

    /// Whether the memory was smaller than the datagram.
    public var isTruncated: Bool { size > count }

    /// A datagram as a transport of one's own would report it.
    public init(
        source: SocketAddress,
        count: Int,
        size: Int,
        metadata: DatagramMetadata = DatagramMetadata()
    ) {
        self.source = source
        self.count = count
        self.size = size
        self.metadata = metadata
    }
}
