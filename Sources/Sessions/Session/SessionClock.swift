internal import Glibc
internal import SessionProtocol
internal import Sockets

/// The clock whose readings go over the wire: it goes on while the machine sleeps (CLOCK_BOOTTIME), or a
/// message could be taken after its sender has given it up (docs/session-protocol.md §1).
///
/// Counted from a zero of this process's own, so that nobody learns how long the machine is up. Deadlines
/// and timers of this machine are of the monotonic clock, which stands still meanwhile; one clock is
/// turned into the other by reading both.
enum SessionClock {
    /// Nanoseconds of CLOCK_BOOTTIME at the zero.
    private static let zero = boottime

    static var now: SessionInstant { instant(nanoseconds: boottime) }

    /// The moment a deadline means if the machine does not sleep until then; nil if it means never.
    static func instant(of deadline: Deadline) -> SessionInstant? {
        deadline == .never ? nil : Reading().instant(of: deadline)
    }

    /// The deadline that a moment is if the machine does not sleep until then.
    static func deadline(of instant: SessionInstant) -> Deadline {
        Reading().deadline(of: instant)
    }

    /// What both clocks say.
    struct Reading {
        /// In nanoseconds since the zero.
        let boottime: Int64
        let monotonic: Deadline

        /// This one first, so that a timer never fires before what it is set for.
        init() {
            boottime = SessionClock.boottime - zero
            monotonic = .now
        }

        init(boottime: Int64, monotonic: Deadline) {
            self.boottime = boottime
            self.monotonic = monotonic
        }

        func instant(of deadline: Deadline) -> SessionInstant {
            let now = monotonic.nanoseconds
            let (rest, isFar) = deadline.nanoseconds.subtractingReportingOverflow(now)
            let (sum, isLate) = boottime.addingReportingOverflow(rest)
            // Only what lies far on the side of the deadline overflows.
            guard !isFar, !isLate else {
                return SessionInstant(microseconds: deadline.nanoseconds < now ? 0 : .max)
            }
            return SessionInstant(microseconds: UInt64(max(0, sum)) / 1_000)
        }

        func deadline(of instant: SessionInstant) -> Deadline {
            let (nanoseconds, overflow) = instant.microseconds.multipliedReportingOverflow(
                by: 1_000
            )
            guard !overflow, let sum = Int64(exactly: nanoseconds) else { return .never }
            return monotonic.advanced(by: .nanoseconds(sum - boottime))
        }
    }

    private static var boottime: Int64 {
        var time = timespec()
        // It cannot fail: the clock is there and the memory is ours.
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func instant(nanoseconds: Int64) -> SessionInstant {
        SessionInstant(microseconds: UInt64(max(0, nanoseconds - zero)) / 1_000)
    }
}

extension SessionInstant {
    /// The earlier of two moments, of which either may not be.
    static func earlier(_ a: SessionInstant?, _ b: SessionInstant?) -> SessionInstant? {
        guard let a, let b else { return a ?? b }
        return min(a, b)
    }

    func advanced(by duration: Duration) -> SessionInstant {
        advanced(byMicroseconds: UInt64(max(0, duration / .microseconds(1))))
    }
}
