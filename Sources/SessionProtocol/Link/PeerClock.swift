/// The latest that the other end's clock can read (docs/session-protocol.md §5).
///
/// When it answered a question, its clock read `clock`; the question had been asked at `asked`, and
/// it cannot have answered before. So at most the time since then has gone by there, and the drift.
struct PeerClock: Sendable {
    private var asked = SessionInstant(microseconds: 0)
    private var clock: UInt64 = 0
    private var isKnown = false

    /// An answer came to what was asked at `asked`.
    mutating func learn(asked: SessionInstant, clock: UInt64, now: SessionInstant) {
        let candidate = Self.latest(asked, clock, now)
        if let known = latest(at: now), known <= candidate { return }
        self.asked = asked
        self.clock = clock
        isKnown = true
    }

    /// The latest reading at `now`; nil before the first answer.
    func latest(at now: SessionInstant) -> UInt64? {
        isKnown ? Self.latest(asked, clock, now) : nil
    }

    /// Whether the other end's clock is certainly before `expiry`.
    func isBefore(_ expiry: UInt64, at now: SessionInstant) -> Bool {
        guard let latest = latest(at: now) else { return false }
        return latest < expiry
    }

    /// How long the other end's clock is certainly before `expiry`, in microseconds.
    func remaining(until expiry: UInt64, at now: SessionInstant) -> UInt64 {
        guard let latest = latest(at: now), latest < expiry else { return 0 }
        return (expiry - latest) - (expiry - latest) / 1_000
    }

    private static func latest(
        _ asked: SessionInstant,
        _ clock: UInt64,
        _ now: SessionInstant
    )
        -> UInt64
    {
        // Both are below 2⁶², so three quarters of 64 bits hold the sum.
        let passed = now.microseconds(since: asked)
        return clock + passed + passed / 1_000
    }
}
