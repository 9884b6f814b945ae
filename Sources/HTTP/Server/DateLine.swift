internal import Glibc
internal import HTTPCodec
internal import Sockets

/// The `Date` line of responses, rendered once a second (RFC 9110 §6.6.1).
struct DateLine {
    private var second = Int.min
    private var line: [UInt8] = []

    private static let shared = Lock<DateLine>(DateLine())

    /// The line for this moment, with its CRLF.
    static var current: [UInt8] {
        let now = coarseSeconds
        return shared.withLock { $0.line(at: now) }
    }

    private mutating func line(at now: Int) -> [UInt8] {
        if now != second {
            second = now
            line = []
            HTTPSerializer.append(
                HTTPField(name: .date, value: HTTPDate(secondsSinceEpoch: now).description),
                to: &line
            )
        }
        return line
    }
}

/// Seconds since 1970 by the kernel's own tick: exact enough for a line in seconds, and a fifth of the
/// price.
private var coarseSeconds: Int {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
    return time.tv_sec
}
