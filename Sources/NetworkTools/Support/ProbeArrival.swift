/// When something arrived, on the clock of ``ProbeClock``: nanoseconds.
struct ProbeArrival: Sendable, Hashable {
    /// By the kernel's stamp, as far as that can be.
    let time: Int64
    /// When the program had it in hand.
    let readAt: Int64

    /// Longer than anything received waits for this program to read it: 1 s.
    ///
    /// Arbitrary.
    static let ageLimit: Int64 = 1_000_000_000

    /// Something that arrives now, as far as anyone knows.
    init(at now: Int64) { (time, readAt) = (now, now) }

    /// Something that the kernel stamped with the system's time.
    init(stamp: Int64, _ reading: ClockReading) {
        readAt = reading.after
        time = reading.after - Self.age(stamp: stamp, systemTime: reading.systemTime)
    }

    /// How old a stamp is: nothing when the clock was set back, and when it was set forward by more
    /// than ``ageLimit``.
    static func age(stamp: Int64, systemTime: Int64) -> Int64 {
        let (age, overflow) = systemTime.subtractingReportingOverflow(stamp)
        return overflow || age < 0 || age > ageLimit ? 0 : age
    }

    /// How long after `start` it came: at least 1 ns, since nothing arrives before it was asked for.
    ///
    /// A stamp that says otherwise is from a clock that was set forward meanwhile, by less than
    /// ``ageLimit``: then all that is known is when the program read it.
    func nanoseconds(since start: Int64) -> Int64 {
        time > start ? time - start : max(1, readAt - start)
    }
}
