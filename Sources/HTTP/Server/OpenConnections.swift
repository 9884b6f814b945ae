internal import Sockets

/// The connections of a server, so that they can be told when it stops.
///
/// Written once when a connection begins and once when it ends, never for a request.
final class OpenConnections: Sendable {
    struct State {
        var presences: [Int: ConnectionPresence] = [:]
        var next = 0
        var isStopping = false
    }

    private let state = Lock(State())

    func add(_ presence: ConnectionPresence) -> Int {
        let (number, isStopping) = state.withLock { state in
            state.next += 1
            state.presences[state.next] = presence
            return (state.next, state.isStopping)
        }
        // Accepted as the server stopped: it may say what it came for, and is answered once.
        if isStopping { presence.stop() }
        return number
    }

    func remove(_ number: Int) { state.withLock { _ = $0.presences.removeValue(forKey: number) } }

    func stop() {
        let presences = state.withLock { state in
            state.isStopping = true
            return Array(state.presences.values)
        }
        for presence in presences { presence.stop() }
    }
}
