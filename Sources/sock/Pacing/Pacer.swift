import Relays
import Sockets

/// Holds what one connection sends to a rate.
final class Pacer: Sendable {
    private let bucket: Lock<TokenBucket>
    private let start = ContinuousClock.now

    init(_ rate: ByteRate) { bucket = Lock(TokenBucket(rate: rate.bytesPerSecond, now: 0)) }

    /// Waits until some of so many bytes may go, and says how many.
    ///
    /// Cancellation and deadlines as for every wait of a loop.
    func next(_ wanted: Int, on loop: EventLoop) async throws(SocketError) -> Int {
        while true {
            let (count, wait) = bucket.withLock { bucket in
                let now = start.nanosecondsSince
                return (bucket.take(wanted, now: now), bucket.wait(for: wanted, now: now))
            }
            if count > 0 { return count }
            try await loop.sleep(until: .after(.nanoseconds(wait)))
        }
    }
}

extension ContinuousClock.Instant {
    /// Nanoseconds from this instant, which has been, to now.
    var nanosecondsSince: Int64 {
        let (seconds, attoseconds) = duration(to: .now).components
        // Of a process that runs: no overflow for 292 years.
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
