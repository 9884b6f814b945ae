internal import Synchronization

/// A one-time wake-up with a deadline, for waiting on something that is not a socket: a point in
/// time, an answer of another thread, the last connection's end.
///
/// One task waits, once; anyone sets. The loop only resumes and keeps the time, so the waiting task
/// may be on any executor.
package final class Signal: LoopTimer, @unchecked Sendable {
    // "@unchecked": the gate and the flag are atomic; what LoopTimer stores is the loop's.

    private let loop: EventLoop
    private let gate = Gate()
    private let isSet = Atomic<Bool>(false)

    /// Why a wait ended.
    package enum Wake {
        case set
        case cancelled
        case deadlinePassed
    }

    /// A signal whose time is kept by a loop: the one of this thread, or any.
    package init(on loop: EventLoop? = nil) {
        self.loop = loop ?? EventLoop.current ?? EventLoopGroup.shared.next()
    }

    /// Ends the wait.
    ///
    /// Any thread, any number of times.
    package func set() {
        isSet.store(true, ordering: .releasing)
        loop.post(.fireTimer(self))
    }

    /// As ``set()``, and on the loop's own thread the waiting task is resumed right here.
    ///
    /// Not under a lock that a resumed task may take, and not in a cancellation handler.
    package func wake() {
        guard loop.isCurrent else { return set() }
        isSet.store(true, ordering: .releasing)
        loop.disarm(self)
        fire(on: loop)
    }

    /// Waits until it is set; once in its life.
    ///
    /// Without heed to a cancellation, it goes on waiting in a task that is cancelled.
    package func wait(until deadline: Deadline, heedsCancellation: Bool = true) async -> Wake {
        guard case .ready = gate.enter() else { preconditionFailure("a signal waits once") }
        while true {
            if isSet.load(ordering: .acquiring) {
                // A timer armed from another thread may have reached the loop after `set` did.
                if deadline != .never { loop.post(.fireTimer(self)) }
                return .set
            }
            if heedsCancellation, System.isCancelled { return .cancelled }
            if deadline.hasPassed { return .deadlinePassed }
            if deadline != .never { loop.arm(self, at: deadline.nanoseconds) }
            if heedsCancellation {
                await withTaskCancellationHandler {
                    // Leaves the executor alone, as in PolledSocket.
                    await unsafe _unsafeInheritExecutor_withUnsafeContinuation {
                        unsafe suspend($0, unless: System.isCancelled)
                    }
                } onCancel: {
                    loop.post(.fireTimer(self))
                }
            } else {
                await unsafe _unsafeInheritExecutor_withUnsafeContinuation {
                    unsafe suspend($0, unless: false)
                }
            }
            _ = gate.look()
        }
    }

    private func suspend(
        _ continuation: UnsafeContinuation<Void, Never>,
        unless isCancelled: @autoclosure () -> Bool
    ) {
        if unsafe !gate.publish(continuation) {
            unsafe continuation.resume()
        } else if isCancelled() || isSet.load(ordering: .acquiring) {
            // What happened before the continuation was there to be taken.
            gate.takeWaiter().resume()
        }
    }

    override func fire(on loop: EventLoop) {
        gate.becomeReady(hangUp: false).resume()
    }
}

extension EventLoop {
    /// Waits until a moment, on the loop's own clock.
    ///
    /// `Task.sleep` would leave the loop.
    ///
    /// Fails with ``SocketError/Code/cancelled``, or with ``SocketError/Code/deadlinePassed`` when
    /// the task's deadline is earlier than the moment.
    ///
    /// ```swift
    /// try await loop.sleep(until: .after(.milliseconds(10)))
    /// ```
    public func sleep(until moment: Deadline) async throws(SocketError) {
        let ambient = Deadline.current
        switch await Signal(on: self).wait(until: min(moment, ambient)) {
        case .cancelled: throw SocketError(.cancelled, in: .sleep)
        case .set, .deadlinePassed: break
        }
        if ambient < moment { throw SocketError(.deadlinePassed, in: .sleep) }
    }

    /// The loop of this thread, or the next one of the shared group.
    package static var nearest: EventLoop { current ?? EventLoopGroup.shared.next() }
}
