import SessionProtocol

/// A clock with an offset of its own that goes a little wrong, but never back.
package struct SimulatedClock {
    let offset: UInt64
    /// Millionths it goes fast; more than −1,000,000.
    let drift: Int64

    /// What it reads at a moment of the world, in microseconds.
    func reading(_ time: UInt64) -> UInt64 {
        offset + UInt64(Int64(time) + Int64(time) * drift / 1_000_000)
    }

    func instant(_ time: UInt64) -> SessionInstant {
        SessionInstant(microseconds: reading(time))
    }

    /// The first moment of the world at which it reads `instant`, or later.
    func time(of instant: SessionInstant) -> UInt64 {
        guard instant.microseconds > offset else { return 0 }
        let passed = (instant.microseconds - offset).multipliedFullWidth(by: 1_000_000)
        var time = UInt64(1_000_000 + drift).dividingFullWidth(passed).quotient
        while reading(time) < instant.microseconds { time += 1 }
        return time
    }
}
