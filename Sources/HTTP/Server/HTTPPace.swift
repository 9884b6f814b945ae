/// How slowly a peer may move bytes before it is given up: a moment to begin with, then so many bytes
/// a second on average.
///
/// A limit between two bytes alone lets a peer hold a connection for ever with one byte now and then;
/// an average does not, and needs no timer of its own: the deadline moves with what has been moved.
public struct HTTPPace: Hashable, Sendable {
    /// What is allowed before the average counts.
    public var grace: Duration

    /// Bytes a second, on average over the whole body.
    public var bytesPerSecond: Int

    /// A pace.
    ///
    /// Apache's mod_reqtimeout takes 20 s and 500 bytes a second; so do we.
    public init(grace: Duration = .seconds(20), bytesPerSecond: Int = 500) {
        precondition(bytesPerSecond > 0, "a pace of no bytes")
        self.grace = grace
        self.bytesPerSecond = bytesPerSecond
    }

    /// What so many bytes may take.
    func allowance(for count: UInt64) -> Duration {
        grace + .seconds(Int64(clamping: count / UInt64(bytesPerSecond)))
    }
}
