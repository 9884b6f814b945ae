internal import Sockets

/// Notices that nothing has moved in either direction for too long.
///
/// One limit for both directions together: while one side sends for an hour, the other rightly waits
/// for an hour.
struct IdleWatch: Sendable {
    let limit: Duration
    let loop: EventLoop

    /// Looks so many times in the limit, so that it ends at most an eighth late.
    ///
    /// Arbitrary.
    private static let looksPerLimit = 8

    /// Waits until nothing has moved for the limit.
    ///
    /// - Parameter activity: Counts of what has moved so far.
    /// - Returns: Whether it has come to that; false when cancelled.
    func run(_ activity: @Sendable () -> [Int]) async -> Bool {
        var (seen, idleLooks) = (activity(), 0)
        while idleLooks < Self.looksPerLimit {
            let pause = Deadline.after(limit / Self.looksPerLimit)
            guard (try? await loop.sleep(until: pause)) != nil else { return false }
            let now = activity()
            idleLooks = now == seen ? idleLooks + 1 : 0
            seen = now
        }
        return true
    }
}
