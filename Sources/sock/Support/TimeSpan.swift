import ArgumentParser

/// A time of the command line with its unit: `20ms`, `1.5s`, `2m`, `250us`; without one, seconds.
struct TimeSpan: ExpressibleByArgument, Equatable {
    let duration: Duration

    /// Longer ones first: `ms` ends with `s`.
    private static let units: [(name: String, seconds: Double)] = [
        ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
    ]

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.name) }
        let number = argument.dropLast(unit?.name.count ?? 0)
        // Digits and a point: Double alone would also take "0x10", "1e3" and "inf".
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(number)
        else { return nil }
        let seconds = value * (unit?.seconds ?? 1)
        guard seconds <= Seconds.limit else { return nil }
        duration = .seconds(seconds)
    }
}
