/// A wake-up for one task that waits again and again: until something has happened somewhere else,
/// or a moment has come.
///
/// Any thread rings; a ring before the wait ends it at once, and many rings are one.
package final class Doorbell: Sendable {
    private let state = Lock(DoorbellState())

    /// A bell that has not rung.
    package init() {}

    /// Ends the wait, or the next one.
    package func ring() {
        let waiter = state.withLock { state in
            state.hasRung = true
            return state.waiter
        }
        waiter?.set()
    }

    /// Waits for a ring or a moment: true for a ring.
    ///
    /// One task at a time. The task's own deadline counts too.
    ///
    /// - Throws: ``SocketError/Code/cancelled``.
    package func wait(until moment: Deadline) async throws(SocketError) -> Bool {
        let signal = Signal()
        let hasRung = state.withLock { state in
            precondition(state.waiter == nil, "two tasks wait for one bell")
            if !state.hasRung { state.waiter = signal }
            defer { state.hasRung = false }
            return state.hasRung
        }
        if hasRung { return true }
        let wake = await signal.wait(until: min(moment, .current))
        state.withLock { state in
            state.waiter = nil
            state.hasRung = false
        }
        switch wake {
        case .set: return true
        case .deadlinePassed: return false
        case .cancelled: throw SocketError(.cancelled, in: .sleep)
        }
    }
}

/// What a bell knows; not inside it, see ``Lock``.
struct DoorbellState {
    var hasRung = false
    var waiter: Signal?
}
