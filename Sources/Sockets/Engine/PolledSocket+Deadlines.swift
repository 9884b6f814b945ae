internal import Synchronization

// The deadlines of whoever waits in a direction.

extension PolledSocket {
    private func deadline(_ direction: Direction) -> Int64 {
        direction == .reading
            ? readingDeadline.load(ordering: .relaxed) : writingDeadline.load(ordering: .relaxed)
    }

    func hasDeadlinePassed(_ direction: Direction) -> Bool {
        let time = deadline(direction)
        // Without a deadline the clock is not worth reading.
        return time != .max && time <= MonotonicTime.now
    }

    func setDeadline(_ direction: Direction, _ time: Int64) {
        if direction == .reading {
            readingDeadline.store(time, ordering: .relaxed)
        } else {
            writingDeadline.store(time, ordering: .relaxed)
        }
        if time == .max { return }
        if loop.isCurrent { armTimers() } else { loop.post(.arm(self)) }
    }

    /// One timer for both directions, lazy: it is moved only to an earlier time.
    ///
    /// When it fires too early it is armed again, so a busy connection with a deadline pays one
    /// timer, not one an operation. Loop's thread.
    func armTimers() { armTimers(after: .min) }

    /// Considers the deadlines after a time; the earlier ones have fired.
    private func armTimers(after now: Int64) {
        let read = readingDeadline.load(ordering: .relaxed)
        let write = writingDeadline.load(ordering: .relaxed)
        let time = min(read > now ? read : .max, write > now ? write : .max)
        if time == .max || isClosed { return }
        let timer = timer ?? WaitTimer(self)
        self.timer = timer
        if !timer.isArmed || time < timer.time { loop.arm(timer, at: time) }
    }

    fileprivate func timerFired() {
        let now = MonotonicTime.now
        if readingDeadline.load(ordering: .relaxed) <= now { reading.takeWaiter().resume() }
        if writingDeadline.load(ordering: .relaxed) <= now { writing.takeWaiter().resume() }
        armTimers(after: now)
    }
}

/// The deadline of whoever waits on a socket.
final class WaitTimer: LoopTimer {
    // The socket disarms its timer in `retire`, which the loop calls before it lets go of the
    // socket; a timer that fires therefore has one.
    private unowned(unsafe) let socket: PolledSocket

    init(_ socket: PolledSocket) { unsafe self.socket = socket }

    override func fire(on loop: EventLoop) { unsafe socket.timerFired() }
}
