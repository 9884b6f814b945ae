internal import Sockets

/// The times of one relayed connection: nanoseconds since it came about.
struct RelayClock: Sendable {
    private let start = ContinuousClock.now

    var now: Int64 { start.duration(to: .now).nanoseconds }

    /// The deadline that a time is.
    func deadline(_ time: Int64) -> Deadline { .after(.nanoseconds(time - now)) }
}
