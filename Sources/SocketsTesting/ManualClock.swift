/// A clock that stands still until it is told to advance.
///
/// For code that takes a `Clock`, and for pure code that takes `now` as an argument. Nothing waits
/// for real: a test sleeps until somebody sleeps on the clock, then advances it.
///
/// ```swift
/// let clock = ManualClock()
/// let alarm = Task { try await clock.sleep(for: .seconds(60)) }
/// await clock.untilSleeping(1)
/// clock.advance(by: .seconds(60))
/// try await alarm.value
/// ```
public final class ManualClock: Clock, Sendable {
    /// A moment of a manual clock: how long after its beginning.
    public struct Instant: InstantProtocol {
        /// How long after the beginning of the clock.
        public var offset: Duration

        /// A moment that long after the beginning.
        public init(offset: Duration = .zero) { self.offset = offset }

        /// The moment a duration later.
        public func advanced(by duration: Duration) -> Self { Self(offset: offset + duration) }

        /// How long it is from here to there.
        public func duration(to other: Self) -> Duration { other.offset - offset }

        /// Earlier is less.
        public static func < (left: Self, right: Self) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let number: Int
        let end: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant()
        var nextNumber = 0
        /// Sorted by end, then by who came first.
        var sleepers: [Sleeper] = []
        /// Those who wait for a number of sleepers.
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        /// Numbers whose cancellation came before the sleeper was there.
        var cancelledEarly: Set<Int> = []
    }

    private let state = Lock(State())

    /// A clock that stands at its beginning.
    public init() {}

    /// The moment it stands at.
    public var now: Instant { state.withLock { $0.now } }

    /// The smallest step: one attosecond.
    public var minimumResolution: Duration {
        Duration(secondsComponent: 0, attosecondsComponent: 1)
    }

    /// How many tasks sleep on it now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Sleeps until the clock has been advanced to a moment; at once if it stands there already.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try Task.checkCancellation()
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                begin(Sleeper(number: number, end: deadline, continuation: continuation))
            }
        } onCancel: {
            // Never resumed here: the runtime holds the task's status lock. A task of its own does.
            Task.detached { self.cancel(number) }
        }
        state.withLock { _ = $0.cancelledEarly.remove(number) }
    }

    /// Moves the clock and wakes everybody whose time has come, the earliest first and at equal
    /// times whoever came first.
    public func advance(by duration: Duration) {
        precondition(duration >= .zero, "a clock does not go back")
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let count = state.sleepers.prefix { $0.end <= state.now }.count
            defer { state.sleepers.removeFirst(count) }
            return Array(state.sleepers.prefix(count))
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until at least that many tasks sleep on the clock: the point at which a test may
    /// advance it.
    public func untilSleeping(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let enough = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if enough { continuation.resume() }
        }
    }

    private func begin(_ sleeper: Sleeper) {
        enum Outcome { case asleep, due, cancelled }
        let (outcome, watchers) = state.withLock { state in
            if state.cancelledEarly.contains(sleeper.number) {
                return (Outcome.cancelled, [CheckedContinuation<Void, Never>]())
            }
            if sleeper.end <= state.now { return (.due, []) }
            let place = state.sleepers.firstIndex { $0.end > sleeper.end }
            state.sleepers.insert(sleeper, at: place ?? state.sleepers.endIndex)
            let count = state.sleepers.count
            let satisfied = state.watchers.filter { $0.count <= count }.map(\.continuation)
            state.watchers.removeAll { $0.count <= count }
            return (.asleep, satisfied)
        }
        for watcher in watchers { watcher.resume() }
        switch outcome {
        case .asleep: break
        case .due: sleeper.continuation.resume()
        case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
        }
    }

    private func cancel(_ number: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let place = state.sleepers.firstIndex(where: { $0.number == number }) else {
                state.cancelledEarly.insert(number)
                return nil
            }
            return state.sleepers.remove(at: place)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
