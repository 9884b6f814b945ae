@testable import Sockets

/// State that the tasks of a test share.
final class Shared<State: Sendable>: Sendable {
    private let state: Lock<State>

    init(_ initial: State) { state = Lock(initial) }

    func withLock<Result>(_ body: (inout State) -> Result) -> Result { state.withLock(body) }
}
