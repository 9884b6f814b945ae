/// Who is told when an ``OwnedTimer`` fires.
package protocol TimerOwner: AnyObject, Sendable {
    /// The time has come, or the timer was nudged.
    ///
    /// On the loop's thread. Must not block.
    func timerFired()
}

/// A timer of a layer above, for as long as its owner lives: armed again and again, without a task
/// that waits for it.
package final class OwnedTimer: LoopTimer, @unchecked Sendable {
    // "@unchecked": the owner is set once, before anyone else sees the timer; what LoopTimer stores is
    // the loop's.

    package let loop: EventLoop
    /// Weak: the loop keeps an armed timer, which must not keep its owner.
    private weak var owner: (any TimerOwner)?

    /// A timer of a loop's, not armed.
    package init(on loop: EventLoop) { self.loop = loop }

    /// Says whom to tell.
    ///
    /// Once, before the timer is armed.
    package func belong(to owner: any TimerOwner) { self.owner = owner }

    /// Has it fire at a moment, instead of any other moment before.
    ///
    /// Any thread.
    package func arm(at moment: Deadline) { loop.arm(self, at: moment.nanoseconds) }

    /// Has it not fire any more.
    ///
    /// On the loop's thread.
    package func disarm() { loop.disarm(self) }

    /// Has it fire as soon as the loop comes to it.
    ///
    /// Any thread, and from cancellation handlers.
    package func nudge() { loop.post(.fireTimer(self)) }

    override func fire(on loop: EventLoop) { owner?.timerFired() }
}
