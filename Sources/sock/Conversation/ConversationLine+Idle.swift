import Relays
import Sockets

extension ConversationLine {
    /// Ends a transfer in which nothing moves, or whose deadline passes while all that is waited for is a
    /// thread of ours.
    ///
    /// Never returns: fails when the limit or the task's deadline is reached, or when cancelled.
    func failWhenIdle(for limit: Duration?) async throws(SocketError) -> Never {
        if let limit {
            try await IdleWatch(limit: limit, loop: loop).run { activity }
            throw idleError
        }
        try await loop.sleep(until: .never)
        preconditionFailure("slept longer than for ever")
    }
}
