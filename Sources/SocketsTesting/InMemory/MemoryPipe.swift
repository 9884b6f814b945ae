internal import Sockets

/// One direction of an ``InMemoryStream``: a ring of bytes, a reader and a writer.
///
/// Rule 1. One operation a side is inside; a second is refused.
/// Rule 2. A wake-up is a hint. The woken operation tries again, and only when it still cannot go
///         on asks whether it was cancelled or its deadline has passed.
/// Rule 3. Whoever takes a continuation out of the state resumes it, after unlocking, and never
///         inside a cancellation handler, where the runtime holds the task's status lock.
final class MemoryPipe: Sendable {
    private let state: Lock<MemoryPipeState>

    init(capacity: Int) { state = Lock(MemoryPipeState(capacity: capacity)) }

    // MARK: Operations

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

    /// Takes what is there, as much as fits.
    ///
    /// Zero at the end; nil when there is nothing yet.
    func take(into memory: UnsafeMutableRawBufferPointer) throws(SocketError) -> Int? {
        let (count, waiter) = try state.withLock { state throws(SocketError) in
            let count = try state.receivable(upTo: memory.count)
            if let count { unsafe state.read(into: memory, count) }
            return (count, count ?? 0 > 0 ? state[.writer].takeWaiter() : nil)
        }
        waiter?.resume()
        return count
    }

    /// Takes what is there, at most `limit` bytes.
    ///
    /// Empty at the end; nil when there is nothing yet.
    func take(upTo limit: Int) throws(SocketError) -> [UInt8]? {
        let (bytes, waiter) = try state.withLock { state throws(SocketError) in
            guard let count = try state.receivable(upTo: limit) else {
                return ([UInt8]?.none, CheckedContinuation<Void, Never>?.none)
            }
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
                unsafe state.read(into: UnsafeMutableRawBufferPointer(memory), count)
                initialized = count
            }
            return (bytes, count > 0 ? state[.writer].takeWaiter() : nil)
        }
        waiter?.resume()
        return bytes
    }

    /// Puts in as many bytes as fit now.
    ///
    /// `transferred` is what the error says went out before.
    func put(
        _ bytes: Slice<UnsafeRawBufferPointer>,
        after transferred: Int
    ) throws(SocketError) -> Int {
        let (count, waiter) = try state.withLock { state throws(SocketError) in
            if let code = state.sendFailure {
                throw SocketError(code, in: .send, transferredCount: transferred)
            }
            let count = min(unsafe bytes.count, state.freeCount)
            unsafe state.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
            return (count, count > 0 ? state[.reader].takeWaiter() : nil)
        }
        waiter?.resume()
        return count
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state[.reader].takeWaiter()
        }
        waiter?.resume()
    }

    /// Closes one side; both are told, each in its own way.
    func close(_ side: MemoryPipeSide, withReset isReset: Bool = false) {
        let woken = state.withLock { state in
            if state[side].isClosed { return [CheckedContinuation<Void, Never>?]() }
            state.close(side, withReset: isReset)
            return [state[.reader].takeWaiter(), state[.writer].takeWaiter()]
        }
        for waiter in woken { waiter?.resume() }
    }

    // MARK: Waiting

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
