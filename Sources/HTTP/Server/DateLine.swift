internal import Glibc
internal import HTTPCodec
internal import Sockets

/// The `Date` line of responses, rendered once a second (RFC 9110 §6.6.1).
///
/// Each connection has one, which refers to the bytes of all; the lock is taken once a second.
struct DateLine {
    private var second = Int.min
    private var line: [UInt8] = []

    private static let shared = Lock<DateLine>(DateLine())

    /// The line for this moment, with its CRLF.
    var current: [UInt8] {
        mutating get {
            let now = coarseSeconds
            if now != second { self = Self.shared.withLock { $0.rendered(at: now) } }
            return line
        }
    }

    private mutating func rendered(at now: Int) -> Self {
        if now != second {
            second = now
            line = []
            HTTPSerializer.append(
                HTTPField(name: .date, value: HTTPDate(secondsSinceEpoch: now).description),
                to: &line
            )
        }
        return self
    }
}

/// Seconds since 1970 by the kernel's own tick: exact enough for a line in seconds, and a fifth of the
/// price.
private var coarseSeconds: Int {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
    return time.tv_sec
}
