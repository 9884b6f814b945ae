internal import Glibc

/// The two clocks of a measurement.
///
/// Times are compared on the monotonic clock. The kernel stamps what it receives with the system's
/// time, which may be set while a probe is under way: so a stamp only says how long ago something
/// arrived, and that is taken off the monotonic time of now (``ProbeArrival``).
enum ProbeClock {
    /// Nanoseconds of CLOCK_MONOTONIC.
    static var now: Int64 { read(CLOCK_MONOTONIC) }

    /// When something arrived, by the kernel's stamp: time since 1970-01-01, or nil when there is
    /// none.
    static func arrival(stamp: Duration?) -> ProbeArrival {
        guard let stamp else { return ProbeArrival(at: now) }
        return ProbeArrival(stamp: stamp.wholeNanoseconds, bothClocks())
    }

    /// Readings of both clocks are tried at most four times for a close one.
    ///
    /// Arbitrary: a program is rarely interrupted four times in a row within a microsecond.
    private static let readingLimit = 4
    /// Readings that lie this close together are good enough: 1 µs.
    ///
    /// Arbitrary: two calls take a tenth of it.
    private static let closeEnough: Int64 = 1_000

    private static func bothClocks() -> ClockReading {
        var best = ClockReading(systemTime: read(CLOCK_REALTIME), after: now, width: .max)
        var before = best.after
        for _ in 0..<readingLimit where best.width > closeEnough {
            let systemTime = read(CLOCK_REALTIME)
            let after = now
            let width = after - before
            if width <= best.width {
                best = ClockReading(systemTime: systemTime, after: after, width: width)
            }
            before = after
        }
        return best
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// The system's time, and the monotonic time right after it: nanoseconds.
///
/// The two cannot be read at once, and the program may lose the processor in between. In this order
/// the error can only make what arrived look younger, and a round trip longer, by less than
/// ``width``. In the other order it was taken off the round trip, down to nothing.
struct ClockReading: Sendable, Hashable {
    let systemTime: Int64
    let after: Int64
    /// The monotonic time that passed around both readings.
    let width: Int64
}
