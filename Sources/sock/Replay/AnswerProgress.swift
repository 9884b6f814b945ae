import Sockets

/// How far a live peer's answer has come: set by who receives, awaited by who sends.
final class AnswerProgress: Sendable {
    struct State {
        /// Of a stream bytes, else datagrams.
        var count = 0
        var hasEnded = false
        var waiter: (count: Int, AsyncStream<Void>.Continuation)?
    }

    private let state = Lock(State())

    func add(_ count: Int) {
        let waiter = state.withLock { state in
            state.count += count
            return state.takeWaiter()
        }
        waiter?.finish()
    }

    /// Nothing more will come.
    func end() {
        let waiter = state.withLock { state in
            state.hasEnded = true
            return state.takeWaiter()
        }
        waiter?.finish()
    }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Until so much has come, the answer has ended, or the task is cancelled.
    ///
    /// One task at a time.
    func wait(for count: Int) async {
        let (changes, change) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            state.waiter = (count, change)
            state.takeWaiter()?.finish()
        }
        for await _ in changes {}
    }
}

extension AnswerProgress.State {
    /// The waiter, if what it waits for has come.
    fileprivate mutating func takeWaiter() -> AsyncStream<Void>.Continuation? {
        guard let (wanted, change) = waiter, hasEnded || count >= wanted else { return nil }
        waiter = nil
        return change
    }
}
