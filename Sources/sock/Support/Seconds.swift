import ArgumentParser

/// A time of the command line: `10`, `0.5`.
struct Seconds: ExpressibleByArgument, CustomStringConvertible, Equatable {
    let duration: Duration

    /// The longest time that can be asked for: a year of 365 days.
    ///
    /// Arbitrary; beyond it nobody means it.
    static let limit = 365.0 * 86_400

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let seconds = Double(argument), seconds > 0, seconds <= Self.limit else { return nil }
        duration = .seconds(seconds)
    }

    /// With milliseconds: `1.250 s`.
    var description: String {
        let milliseconds = Int(duration / .milliseconds(1))
        let fraction = String(milliseconds % 1000)
        let zeros = String(repeating: "0", count: 3 - fraction.count)
        return "\(milliseconds / 1000).\(zeros)\(fraction) s"
    }
}
