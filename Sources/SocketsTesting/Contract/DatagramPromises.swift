/// What a kind of datagram transport promises beyond the rules all of them keep: the suite can only
/// check what it may rely on.
public struct DatagramPromises: Sendable, Hashable {
    /// The largest datagram in bytes; one byte more is refused with `messageTooLarge`.
    public var sizeLimit: Int

    /// Whether datagrams arrive in the order they were sent in.
    ///
    /// A network does not promise it, and UDP over loopback only happens to: leave it false where the
    /// transport's own documentation does not say so.
    public var keepsOrder: Bool

    /// Whether a send waits while the peer's queue is full; otherwise what does not fit is dropped.
    public var sendingWaits: Bool

    /// How many datagrams of up to ``smallSize`` bytes can be on the way without any being lost, or
    /// any send having to wait.
    ///
    /// Unix sockets hold ten (net.unix.max_dgram_qlen). Where ``sendingWaits`` is false, the suite never has more on the way. Over a way that loses
    /// datagrams all the same, nothing could be told from a bug.
    public var window: Int

    /// The largest of the datagrams that are on the way together, in bytes.
    public static let smallSize = 1000

    /// The promises of a transport.
    ///
    /// Traps unless the limit is at least ``smallSize`` and the window positive.
    public init(
        sizeLimit: Int,
        keepsOrder: Bool = false,
        sendingWaits: Bool = false,
        window: Int = 8
    ) {
        precondition(sizeLimit >= Self.smallSize, "datagrams of less than 1000 bytes")
        precondition(window > 0, "a window that lets nothing through")
        self.sizeLimit = sizeLimit
        self.keepsOrder = keepsOrder
        self.sendingWaits = sendingWaits
        self.window = window
    }
}
