/// How many bytes may go now, at a rate: a token bucket, with the time as an argument.
///
/// Tokens come at the rate, and no more than 100 ms worth of them are kept. So in any span of time at
/// most `rate × span` and 100 ms worth go, and what could not go in a pause is not made up for.
package struct TokenBucket: Sendable {
    /// Bytes a second.
    package let rate: Int
    /// Tokens at most: a tenth of a second's, at least one.
    let capacity: Int
    /// What a sender waits for before it sends again, unless it has less: 20 ms worth, at least
    /// one.
    ///
    /// Arbitrary: smooth enough to look at, and 50 system calls a second.
    let quantum: Int

    private var level: Int
    /// What has been earned besides, in parts of 10⁻⁹ of a token.
    private var fraction = 0
    /// In nanoseconds; when `level` was true.
    private var updated: Int64

    private static let second = 1_000_000_000

    /// The fastest rate in bytes a second.
    ///
    /// Arbitrary: more than one connection carries, and a bucket's worth of products below stays
    /// within 64 bits.
    package static let rateLimit = 10_000_000_000

    /// A bucket with one quantum in it.
    ///
    /// - Parameters:
    ///   - rate: Bytes a second, from 1 to ``rateLimit``.
    ///   - now: In nanoseconds, as all times here.
    package init(rate: Int, now: Int64) {
        precondition(1...Self.rateLimit ~= rate, "a rate of \(rate) bytes a second")
        self.rate = rate
        capacity = max(1, self.rate / 10)
        quantum = max(1, self.rate / 50)
        level = quantum
        updated = now
    }

    /// Takes tokens for as many of the bytes as may go now: nothing before there is a quantum for
    /// them.
    package mutating func take(_ wanted: Int, now: Int64) -> Int {
        refill(now)
        guard level >= min(wanted, quantum) else { return 0 }
        let taken = min(wanted, level)
        level -= taken
        return taken
    }

    /// Nanoseconds until ``take(_:now:)`` gives some of so many bytes.
    package func wait(for wanted: Int, now: Int64) -> Int64 {
        let missing = min(wanted, quantum) - level
        guard missing > 0 else { return 0 }
        let nanoseconds = (missing * Self.second - fraction + rate - 1) / rate
        return max(0, Int64(nanoseconds) - max(0, now - updated))
    }

    private mutating func refill(_ now: Int64) {
        let elapsed = Int(max(0, now - updated))
        updated = max(updated, now)
        // Rounded up: what lasts this long or longer fills it.
        let untilFull = ((capacity - level) * Self.second + rate - 1) / rate
        if elapsed >= untilFull {
            (level, fraction) = (capacity, 0)
        } else {
            let earned = elapsed * rate + fraction
            level += earned / Self.second
            fraction = earned % Self.second
            if level >= capacity { (level, fraction) = (capacity, 0) }
        }
    }
}
