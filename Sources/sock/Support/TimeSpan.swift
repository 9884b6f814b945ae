import ArgumentParser

/// A time of the command line: `20ms`, `1.5s`, `2m`, `1h`, `250us`; without a unit, seconds.
///
/// The one grammar of times: every option of every command reads them here.
struct TimeSpan: ExpressibleByArgument, Equatable, CustomStringConvertible {
    let duration: Duration
    /// Whether a number alone was written, which may have been meant in another unit.
    let isBare: Bool

    /// The longest time that can be asked for: a year of 365 days.
    ///
    /// Arbitrary; beyond it nobody means it.
    static let limit = 365.0 * 86_400

    /// Longer ones first: `ms` ends with `s`.
    private static let units: [(name: String, seconds: Double)] = [
        ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
    ]

    init(_ duration: Duration) {
        self.duration = duration
        isBare = false
    }

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.name) }
        let number = argument.dropLast(unit?.name.count ?? 0)
        // Digits and a point: Double alone would also take "0x10", "1e3" and "inf".
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(number)
        else { return nil }
        let seconds = value * (unit?.seconds ?? 1)
        guard seconds <= Self.limit else { return nil }
        duration = .seconds(seconds)
        isBare = unit == nil
    }

    /// For a person: `20 ms`, `1.5 s`.
    var description: String {
        let (number, unit) = parts
        return "\(number) \(unit)"
    }

    /// As it would be written on a command line: `20ms`.
    var defaultValueDescription: String {
        let (number, unit) = parts
        return number + unit
    }

    /// The largest unit of which it is at least one, up to the second.
    private var parts: (number: String, unit: String) {
        let nanoseconds = Int(duration / .nanoseconds(1))
        return switch nanoseconds {
        case ..<1_000_000: (Self.decimal(nanoseconds, digits: 3), "us")
        case ..<1_000_000_000: (Self.decimal(nanoseconds, digits: 6), "ms")
        default: (Self.decimal(nanoseconds, digits: 9), "s")
        }
    }

    /// A number with its point before the last `digits`, without zeros at the end.
    private static func decimal(_ number: Int, digits: Int) -> String {
        var (whole, fraction) = (String(number), "")
        whole = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        fraction = String(whole.suffix(digits))
        while fraction.last == "0" { fraction.removeLast() }
        return whole.dropLast(digits) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
