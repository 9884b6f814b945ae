import ArgumentParser

/// How fast a recording is played: `1`, `0.5`, `10`, and `max` or `0` for without pauses.
struct ReplaySpeed: ExpressibleByArgument, Equatable, CustomStringConvertible {
    /// Nil for as fast as can be.
    private let factor: Double?

    /// The slowest and the fastest factor.
    ///
    /// Arbitrary: beyond it nobody means it.
    static let range = 0.001...1_000_000.0

    /// As it was recorded.
    static let recorded = Self(factor: 1)

    private init(factor: Double) { self.factor = factor }

    init?(argument: String) {
        if argument == "max" || argument == "0" {
            factor = nil
        } else if let factor = Double(argument), Self.range ~= factor {
            self.factor = factor
        } else {
            return nil
        }
    }

    /// A time of the recording as a time of the replay, in nanoseconds.
    func scaled(_ nanoseconds: Int64) -> Int64 {
        guard let factor else { return 0 }
        let scaled = Double(nanoseconds) / factor
        return scaled < Double(Int64.max) ? Int64(scaled) : .max
    }

    var description: String { factor.map { $0 == 1 ? "1" : "\($0)" } ?? "max" }
}
