internal import Sockets

/// Something to do once, when asked to stop: which may be before it is known what it is.
final class StopSwitch: Sendable {
    private enum State {
        case waiting
        case ready(@Sendable () -> Void)
        case thrown
    }

    private let state = Lock(State.waiting)

    /// Says what to do; done at once when it was asked for already.
    func set(_ action: @escaping @Sendable () -> Void) {
        let isThrown = state.withLock { state in
            if case .thrown = state { return true }
            state = .ready(action)
            return false
        }
        if isThrown { action() }
    }

    /// Does it, the first time.
    func throwOnce() {
        let action: (@Sendable () -> Void)? = state.withLock { state in
            defer { state = .thrown }
            if case .ready(let action) = state { return action }
            return nil
        }
        action?()
    }
}
