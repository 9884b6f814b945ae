/// How long a client waits before it tries again, beyond the first time: a random time up to a limit
/// that doubles ("full jitter", docs/session-protocol.md §3).
struct ReconnectPauses {
    /// The most the first pause can be.
    private static let firstLimit: UInt64 = 250_000
    /// The most any pause can be: 30 s.
    private static let limit: UInt64 = 30_000_000

    private var currentLimit = firstLimit

    /// The next pause.
    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        defer { currentLimit = min(currentLimit * 2, Self.limit) }
        return .microseconds(Int64(UInt64.random(in: 0...currentLimit, using: &random)))
    }

    mutating func next() -> Duration {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }
}
