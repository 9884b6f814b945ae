/// When which target is asked: all of them once an interval, spread so that they are not asked in
/// one burst.
///
/// Times are nanoseconds of one clock.
struct PingTimetable: Sendable {
    /// The longest pause between two targets of one round: 10 ms.
    ///
    /// As fping(8) has it: a hundred hosts are asked in a second.
    static let gapLimit: Int64 = 10_000_000

    private let targetCount: Int
    private let interval: Int64
    private let gap: Int64
    /// Requests in all; nil for no end.
    private let limit: Int?
    private var start: Int64
    /// How many requests have been taken.
    private var taken = 0

    init(targetCount: Int, configuration: PingConfiguration, start: Int64) {
        self.targetCount = targetCount
        interval = configuration.interval.wholeNanoseconds
        gap = min(Self.gapLimit, interval / Int64(max(1, targetCount)))
        limit = configuration.count.map { count in
            let (product, overflow) = count.multipliedReportingOverflow(by: targetCount)
            return overflow ? Int.max : product
        }
        self.start = start
    }

    private var isDone: Bool { targetCount == 0 || limit.map { taken >= $0 } == true }

    private var dueTime: Int64 {
        start + Int64(taken / targetCount) * interval + Int64(taken % targetCount) * gap
    }

    /// The target to ask now, or nil if none is due.
    mutating func takeDue(at now: Int64) -> Int? {
        guard !isDone else { return nil }
        let lateness = now - dueTime
        guard lateness >= 0 else { return nil }
        // After the machine slept nothing is made up for: that would be a burst.
        if lateness > interval { start += lateness }
        defer { taken += 1 }
        return taken % targetCount
    }

    /// When something is to be done next: ask, or give up what expires at `expiry`; nil when nothing
    /// is left.
    func next(after expiry: Int64?) -> Int64? {
        if isDone { return expiry }
        return min(dueTime, expiry ?? .max)
    }
}
