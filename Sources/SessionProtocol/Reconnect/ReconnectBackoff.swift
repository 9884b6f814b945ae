/// How long a client waits before each attempt to attach again (§3): its slot, then full jitter.
///
/// ```swift
/// var backoff = ReconnectBackoff()
/// backoff.connectionEnded(slot: machine.timing.slot)
/// let wait = backoff.nextWait(using: &random)  // before the first attempt, and before each next
/// ```
public struct ReconnectBackoff: Sendable {
    /// The bound of the first wait behind the slot's, in milliseconds.
    static let firstBound: UInt32 = 250
    /// The bound that is never passed, in milliseconds.
    static let lastBound: UInt32 = 30_000

    /// What the server assigned; nil once it was waited for.
    private var slot: UInt32?
    private var bound = firstBound

    /// For the first connection, which waits for nothing.
    public init() { slot = 0 }

    /// The session was attached, and its connection ended: begin anew.
    public mutating func connectionEnded(slot milliseconds: UInt32) {
        slot = milliseconds
        bound = Self.firstBound
    }

    /// How long to wait before the next attempt, in milliseconds; each call is one attempt.
    ///
    /// A server's `retryAfter` is waited for beside it, whichever is longer.
    public mutating func nextWait(using random: inout some RandomNumberGenerator) -> UInt32 {
        if let slot {
            self.slot = nil
            return slot
        }
        defer { bound = min(bound * 2, Self.lastBound) }
        return UInt32.random(in: 0...bound, using: &random)
    }
}
