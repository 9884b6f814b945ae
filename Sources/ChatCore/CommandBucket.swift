/// How much a member may ask for: a token bucket that refills with time.
///
/// Kept as the one moment at which the bucket will be full again (the generic cell rate
/// algorithm, ITU-T I.371 annex A): no timer, no fractions, no drift.
struct CommandBucket: Sendable {
    /// When every token will be back.
    private var fullAt: ChatInstant
    /// Refusals since the bucket was last full.
    private(set) var refusalCount = 0

    /// A full bucket.
    init(now: ChatInstant) {
        fullAt = now
    }

    /// Takes `cost` tokens, or takes none and says in how many nanoseconds it could.
    mutating func take(_ cost: Int, now: ChatInstant, limits: ChatLimits) -> Int64? {
        // The limits are checked to be small: 10⁹ ns × 10⁶ commands fits 63 bits.
        let interval = 1_000_000_000 / Int64(limits.commandsPerSecondLimit)
        let capacity = interval * Int64(limits.commandBurstLimit)
        if fullAt <= now {
            fullAt = now
            refusalCount = 0
        }
        let next = fullAt.advanced(byNanoseconds: interval * Int64(cost))
        let latest = now.advanced(byNanoseconds: capacity)
        guard next <= latest else {
            refusalCount += 1
            return next.nanoseconds - latest.nanoseconds
        }
        fullAt = next
        return nil
    }
}
