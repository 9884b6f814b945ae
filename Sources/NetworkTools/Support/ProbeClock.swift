internal import Glibc

/// The two clocks of a measurement.
///
/// Times are compared on the monotonic clock. The kernel stamps what it receives with the system's
/// time, which may be set while a probe is under way: so a stamp only says how long ago something
/// arrived, and that is taken off the monotonic time of now.
enum ProbeClock {
    /// Nanoseconds of CLOCK_MONOTONIC.
    static var now: Int64 { read(CLOCK_MONOTONIC) }

    /// When something arrived, on the monotonic clock, by the kernel's stamp: time since 1970-01-01,
    /// or nil when there is none.
    static func arrival(stamp: Duration?) -> Int64 {
        let now = now
        guard let stamp else { return now }
        return now - age(stamp: stamp.wholeNanoseconds, systemTime: read(CLOCK_REALTIME))
    }

    /// How old a stamp is: nothing when the clock was set back, and when it was set forward by more
    /// than ``ageLimit``.
    static func age(stamp: Int64, systemTime: Int64) -> Int64 {
        let (age, overflow) = systemTime.subtractingReportingOverflow(stamp)
        return overflow || age < 0 || age > ageLimit ? 0 : age
    }

    /// Longer than anything received waits for this program to read it: 1 s.
    ///
    /// Arbitrary.
    static let ageLimit: Int64 = 1_000_000_000

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
