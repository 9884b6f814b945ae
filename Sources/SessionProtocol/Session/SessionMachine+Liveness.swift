// Clocks, heartbeat and everything else that happens because time passes (§3, §4, §5).

extension SessionMachine {
    /// The other system acknowledged bytes: a sign of life (on Linux: `tcpi_bytes_acked` grew).
    public mutating func transportProgressed(epoch: UInt64, now: SessionInstant) {
        guard epoch == self.epoch, phase != .detached else { return }
        liveness.lastSign = max(liveness.lastSign, now)
    }

    /// When ``advance(to:)`` should be called next; nil: only something else can change things.
    public var nextDeadline: SessionInstant? {
        guard ending == nil else { return nil }
        var earliest = nextExpiry
        func consider(_ moment: SessionInstant?) {
            guard let moment else { return }
            earliest = min(earliest ?? moment, moment)
        }
        switch phase {
        case .detached:
            if role == .server {
                let kept = timing.keepMicroseconds
                consider(liveness.detachedAt.advanced(byMicroseconds: kept))
            }
        case .attached, .attaching:
            consider(liveness.lastSign.advanced(byMicroseconds: timing.deathMicroseconds))
            if phase == .attached, !liveness.isAsking, !control.isPingDue { consider(nextPing) }
            consider(reception.due)
            consider(tellDue)
        }
        return earliest
    }

    /// The last sign of life, while a connection carries the session or is about to.
    package var lastSign: SessionInstant? {
        phase == .detached || ending != nil ? nil : liveness.lastSign
    }

    /// When the question was asked that is not answered yet.
    package var openQuestion: SessionInstant? { liveness.isAsking ? liveness.lastAsked : nil }

    private var nextPing: SessionInstant {
        liveness.lastAsked.advanced(byMicroseconds: timing.heartbeatMicroseconds)
    }

    /// Time has passed: deadlines run out, questions are asked, silence is judged.
    public mutating func advance(to now: SessionInstant) {
        guard ending == nil else { return }
        if let nextExpiry, nextExpiry <= now { expireSends(now) }
        // From now on it is the output's turn, however long that takes: no timer runs for it.
        if let due = reception.due, due <= now {
            control.isAcknowledgementDue = true
            reception.due = nil
        }
        if let due = tellDue, due <= now {
            tellsAtOnce = true
            tellDue = nil
        }
        switch phase {
        case .detached:
            let kept = liveness.detachedAt.advanced(byMicroseconds: timing.keepMicroseconds)
            if role == .server, wasAttached, kept <= now { end(.expired, now: now) }
        case .attaching, .attached:
            let death = liveness.lastSign.advanced(byMicroseconds: timing.deathMicroseconds)
            if death <= now {
                detach(.silent, now: now)
            } else if phase == .attached, !liveness.isAsking, nextPing <= now {
                control.isPingDue = true
                link.trim()
            }
        }
    }

    /// A question went out, or is about to.
    mutating func ask(_ now: SessionInstant) {
        liveness.lastAsked = now
        liveness.isAsking = true
    }

    /// The answer to the question came.
    mutating func answered(_ clock: UInt64, _ now: SessionInstant) {
        peerClock.learn(asked: liveness.lastAsked, clock: clock, now: now)
        liveness.isAsking = false
    }

    mutating func handlePong(
        echo: UInt64,
        clock: UInt64,
        now: SessionInstant
    ) throws(Violation) {
        guard liveness.isAsking, echo == liveness.lastAsked.microseconds else {
            throw Violation(.malformed, "a PONG that was not asked for")
        }
        answered(clock, now)
    }
}
