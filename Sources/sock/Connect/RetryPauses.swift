/// The pauses between attempts: exponential with full jitter, so that many who lost the same server
/// do not come back in step ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
struct RetryPauses {
    /// The most the first pause can be.
    ///
    /// Arbitrary: a service that restarts needs about so long.
    static let firstLimit = Duration.milliseconds(250)

    /// The most any pause can be.
    ///
    /// Arbitrary: a person still waits for it.
    static let limit = Duration.seconds(10)

    /// Retries that can be asked for.
    ///
    /// Arbitrary: more than a week of pauses.
    static let countLimit = 100_000

    private var currentLimit = firstLimit

    /// The next pause, anything from zero to a limit that doubles each time.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        defer { currentLimit = min(currentLimit * 2, Self.limit) }
        let milliseconds = Int64(currentLimit / .milliseconds(1))
        return .milliseconds(Int64.random(in: 0...milliseconds, using: &random))
    }

    mutating func next() -> Duration {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }
}
