/// A time as the tools print it: `0.045`, `12.3`, `1204`, in milliseconds.
///
/// The digits are those of ping(8): three after the point below 1 ms, three significant ones or
/// more above.
enum MillisecondsText {
    static func text(_ time: Duration) -> String {
        let microseconds = max(0, time.wholeNanoseconds) / 1000
        return switch microseconds {
        case ..<1000: fixed(microseconds, digits: 3, unit: 1000)
        case ..<10_000: fixed(microseconds / 10, digits: 2, unit: 100)
        case ..<100_000: fixed(microseconds / 100, digits: 1, unit: 10)
        default: "\(microseconds / 1000)"
        }
    }

    /// With three digits after the point, as in a summary.
    static func exact(_ time: Duration) -> String {
        fixed(max(0, time.wholeNanoseconds) / 1000, digits: 3, unit: 1000)
    }

    private static func fixed(_ value: Int64, digits: Int, unit: Int64) -> String {
        let fraction = String(value % unit)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(value / unit).\(zeros)\(fraction)"
    }
}

extension Duration {
    /// This many milliseconds as ping(8) prints a round trip: `0.045`, `1.32`, `25.4`, `1204`.
    public var millisecondsText: String { MillisecondsText.text(self) }

    /// This many milliseconds with three digits after the point: `1204.250`.
    public var exactMillisecondsText: String { MillisecondsText.exact(self) }
}
