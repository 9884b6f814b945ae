import Sockets

/// Lets one task after the other do something, in the order of asking.
///
/// A socket takes one send at a time, and those who answer its peers do not know of each other.
final class Turns: Sendable {
    struct State {
        var isTaken = false
        var asked = 0
        var waiters: [(id: Int, AsyncStream<Void>.Continuation)] = []
    }

    private let state = Lock(State())

    /// Waits for a turn, which ``pass()`` ends.
    ///
    /// - Throws: When the task is cancelled: it has no turn then.
    func take() async throws(SocketError) {
        let (turns, turn) = AsyncStream<Void>.makeStream()
        let id: Int? = state.withLock { state in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            state.asked += 1
            state.waiters.append((state.asked, turn))
            return state.asked
        }
        guard let id else { return }
        for await _ in turns {}
        guard Task.isCancelled else { return }
        let isWaiting = state.withLock { state in
            let count = state.waiters.count
            state.waiters.removeAll { $0.id == id }
            return state.waiters.count < count
        }
        // It was this task's turn when it was cancelled.
        if !isWaiting { pass() }
        throw SocketError(.cancelled, in: .send, over: .udp)
    }

    /// Ends the turn; the next begins.
    func pass() {
        let next = state.withLock { state -> AsyncStream<Void>.Continuation? in
            guard !state.waiters.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiters.removeFirst().1
        }
        next?.finish()
    }
}
