/// How long to wait before each further attempt: a random time up to a bound that doubles.
///
/// All of the time is random ("full jitter"), so that many who lost one server at the same moment
/// do not come back at the same moment.
struct RetryDelays: Sendable {
    /// The bound before the second attempt, and the bound that is never exceeded.
    ///
    /// Arbitrary: a server that restarts is met soon, and one that stays away is not bothered.
    private static let first = Duration.milliseconds(250)
    private static let largest = Duration.seconds(15)

    private var bound = first

    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        defer { bound = min(bound * 2, Self.largest) }
        let milliseconds = Int64(bound / .milliseconds(1))
        return .milliseconds(Int64.random(in: 0...milliseconds, using: &generator))
    }
}
