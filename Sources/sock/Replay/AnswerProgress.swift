import Sockets

/// How far a live peer's answer has come: set by who receives, awaited by who sends.
final class AnswerProgress: Sendable {
    struct State {
        var size = 0
        var hasEnded = false
        var waiter: (size: Int, AsyncStream<Void>.Continuation)?
    }

    private let state = Lock(State())

    func add(_ count: Int) {
        let waiter = state.withLock { state in
            state.size += count
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

    /// Until so many bytes have come, the answer has ended, or the task is cancelled.
    ///
    /// One task at a time.
    func wait(for size: Int) async {
        let (changes, change) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            state.waiter = (size, change)
            state.takeWaiter()?.finish()
        }
        for await _ in changes {}
    }
}

extension AnswerProgress.State {
    /// The waiter, if what it waits for has come.
    fileprivate mutating func takeWaiter() -> AsyncStream<Void>.Continuation? {
        guard let (wanted, change) = waiter, hasEnded || size >= wanted else { return nil }
        waiter = nil
        return change
    }
}
