/// A part of a ``LargeTaskGroup``: a task that starts others, in a group of its own.
final class TaskPart: Sendable {
    /// Tasks in a part.
    ///
    /// Arbitrary: to find one among so many takes less than a system call, and a part takes 2 KiB or so.
    static let size = 64

    /// A task to be started.
    struct Work: Sendable {
        let executor: EventLoop
        let operation: @Sendable @isolated(any) () async -> Void
    }

    struct State {
        var works: [Work] = []
        /// Who starts them, while there are none.
        var starter: Signal?
        var isFinished = false
    }
    private let state = Lock(State())

    func start(_ work: Work) {
        let starter = state.withLock { state in
            state.works.append(work)
            return state.starter.take()
        }
        starter?.wake()
    }

    /// No more come.
    func finish() {
        let starter = state.withLock { state in
            state.isFinished = true
            return state.starter.take()
        }
        starter?.wake()
    }

    /// Starts what comes, until the last, and waits for all of them.
    ///
    /// Also when it is cancelled: what is started then is cancelled from its beginning.
    func run(on loop: EventLoop) async {
        await withDiscardingTaskGroup { group in
            while true {
                let (works, isFinished, starter) = take(on: loop)
                for work in works {
                    group.addTask(
                        executorPreference: work.executor,
                        operation: work.operation
                    )
                }
                if let starter {
                    _ = await starter.wait(until: .never, heedsCancellation: false)
                } else if isFinished {
                    return
                }
            }
        }
    }

    /// What is to be started; if that is nothing, and more may come, what to wait for.
    private func take(on loop: EventLoop) -> ([Work], isFinished: Bool, Signal?) {
        state.withLock { state in
            let works = state.works
            state.works = []
            if works.isEmpty, !state.isFinished { state.starter = Signal(on: loop) }
            return (works, state.isFinished && works.isEmpty, state.starter)
        }
    }
}
