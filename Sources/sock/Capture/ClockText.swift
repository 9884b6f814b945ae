import Glibc

/// The time of day of packets, in the local time zone: `10:15:32.123456`.
struct ClockText: Sendable {
    /// Packets mostly come in the same second as the one before.
    private var second = UInt64.max
    private var text = ""

    mutating func text(_ nanoseconds: UInt64) -> String {
        let (second, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if second != self.second {
            self.second = second
            var time = time_t(second)
            var parts = unsafe tm()
            unsafe localtime_r(&time, &parts)
            let fields = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
            text = fields.map { Self.digits(Int($0), 2) }.joined(separator: ":")
        }
        return "\(text).\(Self.digits(Int(rest / 1000), 6))"
    }

    private static func digits(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
