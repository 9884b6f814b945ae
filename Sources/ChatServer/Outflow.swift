internal import Sockets
internal import Synchronization

/// Starts the writers of the members on one loop.
///
/// A member that is owed nothing has no writer. One that is gets a task which starts at once, on
/// the loop's own thread, sends without waiting as a rule, and is gone: only a peer that does not
/// read makes it wait, and then nobody else. So a line to thousands costs one wake-up a loop and a
/// short-lived task a member, not a parked task for each member all the time.
final class Outflow: Sendable {
    private struct State {
        var members: [Member] = []
        var isRunning = false
    }

    private let loop: EventLoop
    private let state = Mutex(State())

    /// Members written to before the loop looks at its sockets again. Arbitrary: some hundred
    /// microseconds of send(2).
    private static let turnLimit = 64

    init(_ loop: EventLoop) { self.loop = loop }

    /// Sees to it that a member is written to soon. Any thread; never waits.
    func add(_ member: Member) {
        let mustStart = state.withLock { state in
            state.members.append(member)
            defer { state.isRunning = true }
            return !state.isRunning
        }
                // Detached: it writes for everybody, and must not have the deadline of whoever came first.
        if mustStart { Task.detached(executorPreference: loop) { [self] in await run() } }
    }

    private func run() async {
        var count = 0
        while let members = take() {
            for member in members {
                Task.immediateDetached(executorPreference: loop) { await member.write() }
                count += 1
                if count.isMultiple(of: Self.turnLimit) { await loop.turn() }
            }
        }
    }

    private func take() -> [Member]? {
        state.withLock { state in
            guard !state.members.isEmpty else {
                state.isRunning = false
                return nil
            }
            defer { state.members = [] }
            return state.members
        }
    }
}

extension EventLoop {
    /// Lets the loop look at its sockets and timers, and everything that is ready go first.
    fileprivate func turn() async {
        // Fails only when the task is cancelled, and nobody cancels these.
        try? await sleep(until: .after(.microseconds(1)))
    }
}
