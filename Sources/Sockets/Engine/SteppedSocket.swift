/// A socket with operations, each made of the same steps: enter a direction, try, pause while it
/// would block, leave.
///
/// Pausing builds no error and knows no operation, because its frame is what an idle socket keeps in
/// memory.
protocol SteppedSocket: AnyObject {
    var socket: PolledSocket { get }
    var receiving: Streak { get }
    var sending: Streak { get }

    /// How long an operation may wait without anything moving, in nanoseconds; the end of the range
    /// means for ever.
    var idleLimitNanoseconds: Int64 { get }

    /// What carries its data, for errors.
    var transport: SocketError.Transport { get }

    /// The error of an operation, with the addresses that are known.
    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        errno: CInt,
        transferred count: Int,
        detail: String?
    ) -> SocketError
}

/// Why a pause ended.
enum Pause {
    /// The call may be tried (again).
    case over
    /// The direction was never entered.
    case refused(SocketError.Code)
    /// The direction is still held.
    case failed(SocketError.Code, errno: CInt = 0)
}

extension SteppedSocket {
    var transport: SocketError.Transport { .tcp }

    /// Takes a direction and waits until it is likely to be ready.
    @inline(__always)
    func enter(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        until deadline: Deadline = .never
    ) async throws(SocketError) {
        let entry = socket.enter(direction)
        if mayGoOn(direction, entry) { return }
        try conclude(await pause(direction, entry, until: deadline), direction, operation)
    }

    /// Whether an operation that has entered may try its call right away.
    @inline(__always)
    func mayGoOn(_ direction: Direction, _ entry: Gate.Entry) -> Bool {
        guard case .ready = entry, !System.isCancelled else { return false }
        return direction == .reading ? !receiving.isOver : !sending.isOver
    }

    /// After a call that failed: waits when it would have blocked, or leaves and throws.
    @inline(__always)
    func retry(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        after result: Int,
        transferred count: Int = 0,
        until deadline: Deadline = .never
    ) async throws(SocketError) {
        guard System.wouldBlock(result) else {
            socket.leave(direction, ready: true)
            throw failure(operation, errno: result, transferred: count)
        }
        socket.wouldBlock(direction)
        let pause = await pause(direction, .notReady, until: deadline)
        try conclude(pause, direction, operation, transferred: count)
    }

    /// Waits inside a direction, after a call that said it goes on in the background.
    @inline(__always)
    func wait(
        _ direction: Direction,
        _ operation: SocketError.Operation
    ) async throws(SocketError) {
        try conclude(await pause(direction, .notReady), direction, operation)
    }

    /// Waits until a direction is ready.
    ///
    /// Also what a ready one does now and then: after a long streak without waiting it lets the
    /// others of its loop go first and looks at the deadline, which an operation that never waits
    /// would not meet otherwise. The deadline is that of the operation, and the task's if earlier.
    func pause(
        _ direction: Direction,
        _ entry: Gate.Entry,
        until deadline: Deadline = .never
    ) async -> Pause {
        let deadline = min(deadline, .current)
        switch entry {
        case .busy: return .refused(.busy)
        case .closed: return .refused(.closed)
        case .ready:
            if System.isCancelled { return .failed(.cancelled) }
            if deadline.hasPassed { return .failed(.deadlinePassed) }
            endStreaks()
            // Elsewhere too: datagrams can be sent for ever without waiting, and would keep a thread
            // of the caller's executor from all others.
            if socket.loop.isCurrent { await socket.loop.yield() } else { await Task.yield() }
            return .over
        case .notReady: break
        }
        endStreaks()
        let idle = idleLimitNanoseconds
        let idleEnd = idle == .max ? Deadline.never : .after(.nanoseconds(idle))
        switch await socket.wait(direction, until: min(deadline, idleEnd)) {
        case .ready: return .over
        case .closed: return .failed(.closed)
        case .cancelled: return .failed(.cancelled)
        case .deadlinePassed:
            return .failed(deadline <= idleEnd ? .deadlinePassed : .idleLimit)
        case .failed(let errno): return .failed(.init(errno: errno), errno: errno)
        }
    }

    /// Lets the others of the loop go first, in the middle of a transfer that never had to wait.
    func rest(
        _ direction: Direction,
        _ operation: SocketError.Operation,
        after count: Int
    ) async throws(SocketError) {
        try conclude(await pause(direction, .ready), direction, operation, transferred: count)
    }

    /// Goes on, or leaves the direction and throws.
    @inline(__always)
    func conclude(
        _ pause: Pause,
        _ direction: Direction,
        _ operation: SocketError.Operation,
        transferred count: Int = 0
    ) throws(SocketError) {
        if case .over = pause { return }
        throw abandon(pause, direction, operation, transferred: count)
    }

    @inline(never)
    private func abandon(
        _ pause: Pause,
        _ direction: Direction,
        _ operation: SocketError.Operation,
        transferred count: Int
    ) -> SocketError {
        switch pause {
        case .over: preconditionFailure("a pause that is over is no failure")
        case .refused(let code): return failure(code, operation, transferred: count)
        case .failed(let code, let errno):
            // "Ready": nothing was learnt of the queue, so the next call finds out by itself.
            socket.leave(direction, ready: true)
            return failure(code, operation, errno: errno, transferred: count)
        }
    }

    /// Of both directions: whichever waits, the others have their turn.
    private func endStreaks() {
        receiving.end()
        sending.end()
    }

    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        transferred count: Int = 0,
        detail: String? = nil
    ) -> SocketError {
        failure(code, operation, errno: 0, transferred: count, detail: detail)
    }

    func failure(
        _ code: SocketError.Code,
        _ operation: SocketError.Operation,
        errno: CInt,
        transferred count: Int
    ) -> SocketError {
        failure(code, operation, errno: errno, transferred: count, detail: nil)
    }

    /// The error of a system call's result: a negated errno.
    func failure(
        _ operation: SocketError.Operation,
        errno result: Int,
        transferred count: Int = 0,
        detail: String? = nil
    ) -> SocketError {
        let errno = CInt(truncatingIfNeeded: -result)
        return failure(
            .init(errno: errno),
            operation,
            errno: errno,
            transferred: count,
            detail: detail
        )
    }
}
