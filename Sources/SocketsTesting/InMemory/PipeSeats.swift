internal import Sockets

/// Who does what with a pipe.
enum MemoryPipeSide {
    case reader
    case writer

    var operation: SocketError.Operation { self == .reader ? .receive : .send }
}

/// One side of a pipe: whether somebody is inside, who waits, and by when to wake it.
struct PipeSeat {
    var isBusy = false
    var isClosed = false
    var waiter: CheckedContinuation<Void, Never>?
    /// When the alarm rings; never when none is set.
    var alarmTime = Deadline.never
    var alarm: Task<Void, Never>?

    mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
        defer { waiter = nil }
        return waiter
    }

    mutating func close() {
        isClosed = true
        alarm?.cancel()
        alarm = nil
    }
}

/// What a pipe holds, with the seats of its two sides.
protocol PipeState: SendableMetatype {
    subscript(side: MemoryPipeSide) -> PipeSeat { get set }

    /// Whether an operation of a side would not wait.
    func canProceed(_ side: MemoryPipeSide) -> Bool
}

/// A pipe's state, and how its two sides take their seats and wait in them.
///
/// Rule 1. One operation a side is inside; a second is refused.
/// Rule 2. A wake-up is a hint. The woken operation tries again, and only when it still cannot go
///         on asks whether it was cancelled or its deadline has passed.
/// Rule 3. Whoever takes a continuation out of the state resumes it, after unlocking, and never
///         inside a cancellation handler, where the runtime holds the task's status lock.
final class PipeSeats<State: PipeState>: Sendable {
    let state: Lock<State>

    init(_ initial: sending State) { state = Lock(initial) }

    /// Takes a side.
    ///
    /// Every success is followed by one `leave`.
    func enter(
        _ side: MemoryPipeSide,
        _ operation: SocketError.Operation? = nil
    ) throws(SocketError) {
        let operation = operation ?? side.operation
        try state.withLock { state throws(SocketError) in
            if state[side].isClosed { throw SocketError(.closed, in: operation) }
            if state[side].isBusy { throw SocketError(.busy, in: operation) }
            if Task.isCancelled { throw SocketError(.cancelled, in: operation) }
            state[side].isBusy = true
        }
    }

    func leave(_ side: MemoryPipeSide) { state.withLock { $0[side].isBusy = false } }

    /// Suspends whoever is inside a side until something has happened there.
    func wait(_ side: MemoryPipeSide, transferred: Int = 0) async throws(SocketError) {
        let deadline = Deadline.current
        if Task.isCancelled {
            throw SocketError(.cancelled, in: side.operation, transferredCount: transferred)
        }
        if deadline.hasPassed {
            throw SocketError(.deadlinePassed, in: side.operation, transferredCount: transferred)
        }
        if deadline != .never { arm(side, at: deadline) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustSleep = state.withLock { state in
                    // An alarm that rang before there was a waiter is no longer set.
                    if state.canProceed(side) || state[side].alarmTime > deadline { return false }
                    state[side].waiter = continuation
                    return true
                }
                if !mustSleep {
                    continuation.resume()
                } else if Task.isCancelled || deadline.hasPassed {
                    // The handler, or the alarm, may have come before there was a waiter to wake.
                    wake(side)
                }
            }
        } onCancel: {
            Task.detached { self.wake(side) }
        }
    }

    private func wake(_ side: MemoryPipeSide) {
        let waiter = state.withLock { $0[side].takeWaiter() }
        waiter?.resume()
    }

    /// Sees to it that a side is woken at a time.
    ///
    /// One alarm a side, moved only to an earlier time: one that comes too early is a hint like any
    /// other, and the waiter arms it again.
    private func arm(_ side: MemoryPipeSide, at deadline: Deadline) {
        let isArmed = state.withLock { state in
            if state[side].alarmTime <= deadline { return true }
            state[side].alarmTime = deadline
            return false
        }
        if isArmed { return }
        let alarm = Task.detached { [weak self] in
            while !deadline.hasPassed {
                do { try await Task.sleep(for: deadline.remaining ?? .zero) } catch { return }
            }
            self?.ring(side, at: deadline)
        }
        let replaced = state.withLock { state in
            // Closed, fired or moved to an earlier time meanwhile: then this alarm is of no use.
            if state[side].isClosed || state[side].alarmTime != deadline { return Optional(alarm) }
            defer { state[side].alarm = alarm }
            return state[side].alarm
        }
        replaced?.cancel()
    }

    private func ring(_ side: MemoryPipeSide, at deadline: Deadline) {
        let waiter = state.withLock { state in
            if state[side].alarmTime == deadline { state[side].alarmTime = .never }
            return state[side].takeWaiter()
        }
        waiter?.resume()
    }
}
