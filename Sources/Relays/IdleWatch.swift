package import Sockets

/// Notices that nothing has moved for too long.
///
/// One limit for both directions of a transfer together, which a limit of a single operation cannot be:
/// while one side sends for an hour, the other rightly waits for an hour.
package struct IdleWatch: Sendable {
    private let limit: Duration
    private let loop: EventLoop

    /// Looks so many times in the limit, so that it ends at most an eighth late.
    ///
    /// Arbitrary.
    private static let looksPerLimit = 8

    package init(limit: Duration, loop: EventLoop) {
        self.limit = limit
        self.loop = loop
    }

    /// Waits until nothing has moved for the limit; `activity` counts what has moved so far.
    ///
    /// - Throws: When the task is cancelled or its deadline passes.
    package func run<Activity: Equatable>(
        _ activity: () -> Activity
    ) async throws(SocketError) {
        var (seen, idleLooks) = (activity(), 0)
        while idleLooks < Self.looksPerLimit {
            try await loop.sleep(until: .after(limit / Self.looksPerLimit))
            let now = activity()
            idleLooks = now == seen ? idleLooks + 1 : 0
            seen = now
        }
    }
}
