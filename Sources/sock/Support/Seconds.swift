import ArgumentParser

/// A time of the command line that is longer than none, written as a ``TimeSpan``: `10s`, `500ms`,
/// `0.5`.
struct Seconds: ExpressibleByArgument, CustomStringConvertible, Equatable {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let span = TimeSpan(argument: argument), span.duration > .zero else { return nil }
        duration = span.duration
    }

    /// With milliseconds: `1.250 s`.
    var description: String {
        let milliseconds = Int(duration / .milliseconds(1))
        let fraction = String(milliseconds % 1000)
        let zeros = String(repeating: "0", count: 3 - fraction.count)
        return "\(milliseconds / 1000).\(zeros)\(fraction) s"
    }

    /// As it would be written on a command line.
    var defaultValueDescription: String { TimeSpan(duration).defaultValueDescription }
}
