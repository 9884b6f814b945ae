internal import Sockets

/// Where a run of the suite stands, so that a hang can be named.
final class ContractProgress: Sendable {
    private struct State {
        var rule = "a pair can be made"
        var race = 0
        var steps = 0
    }

    private let state = Lock(State())
    /// Touched by the watch only: what it saw last, and since when.
    private let seen = Lock((steps: -1, since: ContinuousClock.now))

    /// A rule begins.
    func begin(_ rule: String, race: Int) {
        state.withLock { $0 = State(rule: rule, race: race, steps: $0.steps + 1) }
    }

    /// Something has moved.
    func step() { state.withLock { $0.steps += 1 } }

    /// The rule that has not moved for a duration, if it has not.
    func standingStill(for limit: Duration) -> (rule: String, race: Int)? {
        let now = state.withLock { $0 }
        return seen.withLock { seen in
            if seen.steps != now.steps { seen = (now.steps, .now) }
            return seen.since.duration(to: .now) >= limit ? (now.rule, now.race) : nil
        }
    }
}
