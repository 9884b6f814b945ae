internal import Sockets
internal import Synchronization

/// Whether a connection is between requests: what a server that stops needs to know, because idle
/// connections end at once and busy ones after their answer.
///
/// One word: a connection and the server that stops agree by compare-and-swap, without a lock.
final class ConnectionPresence: Sendable {
    private enum State {
        static let busy = 0
        static let idle = 1
        static let stopping = 2
    }

    private let state = Atomic<Int>(State.busy)
    private let stream: any ByteStream

    init(_ stream: any ByteStream) { self.stream = stream }

    /// A request begins.
    func becomeBusy() {
        _ = state.compareExchange(
            expected: State.idle,
            desired: State.busy,
            ordering: .acquiringAndReleasing
        )
    }

    /// The connection waits for a request; false when the server is stopping, and it should not.
    func becomeIdle() -> Bool {
        state.compareExchange(
            expected: State.busy,
            desired: State.idle,
            ordering: .acquiringAndReleasing
        ).original != State.stopping
    }

    /// Whether the next answer is the last.
    var isStopping: Bool { state.load(ordering: .acquiring) == State.stopping }

    /// No further request: ends the connection if it is idle.
    ///
    /// Any thread.
    func stop() {
        if state.exchange(State.stopping, ordering: .acquiringAndReleasing) == State.idle {
            stream.close()
        }
    }
}
