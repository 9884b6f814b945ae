internal import Sockets

/// The clock whose readings go over the wire: the kernel's monotonic one, counted from a zero of this
/// process's own, so that nobody learns how long the machine is up.
enum SessionClock {
    /// Nanoseconds of the monotonic clock at the zero.
    private static let zero = Deadline.now.nanoseconds

    static var now: SessionInstant { instant(nanoseconds: Deadline.now.nanoseconds) }

    /// The moment a deadline means; nil if it means never.
    static func instant(of deadline: Deadline) -> SessionInstant? {
        deadline == .never ? nil : instant(nanoseconds: deadline.nanoseconds)
    }

    /// The deadline that a moment is.
    ///
    /// Rounded up, so that a timer set for it does not fire before.
    static func deadline(of instant: SessionInstant) -> Deadline {
        let (nanoseconds, overflow) = instant.microseconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow, let sum = Int64(exactly: nanoseconds) else { return .never }
        let (moment, isLate) = zero.addingReportingOverflow(sum)
        return isLate ? .never : Deadline(nanoseconds: moment)
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
