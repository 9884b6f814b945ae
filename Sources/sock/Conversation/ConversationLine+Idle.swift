import Sockets

/// Ends a transfer in which nothing moves, or whose deadline passes while all that is waited for is
/// a thread of ours.
///
/// One limit for both directions together, which a limit of a single operation cannot be: while one
/// side sends for an hour, the other rightly waits for an hour.
struct IdleWatch {
    private let line: any ConversationLine
    private let limit: Duration?

    /// Looks so many times in the limit, so that it ends at most an eighth late.
    ///
    /// Arbitrary.
    private static let looksPerLimit = 8

    init(_ line: any ConversationLine, limit: Duration?) {
        self.line = line
        self.limit = limit
    }

    /// Never returns: fails when the limit or the task's deadline is reached, or when cancelled.
    func run() async throws(SocketError) -> Never {
        guard let limit else {
            try await line.loop.sleep(until: .never)
            preconditionFailure("slept longer than for ever")
        }
        var seen = line.activity
        var idleLooks = 0
        while true {
            try await line.loop.sleep(until: .after(limit / Self.looksPerLimit))
            let now = line.activity
            idleLooks = now == seen ? idleLooks + 1 : 0
            seen = now
            if idleLooks == Self.looksPerLimit {
                throw line.idleError
            }
        }
    }
}
