/// The connections that a listener's `serve` handles now.
///
/// Their tasks can only be cancelled together, with the group they are in. So they set no
/// cancellation handlers, which an idle connection would keep in memory: whoever cancels the group
/// calls ``cancelAll()``, and every waiting handler finds out, and every pump.
final class ServedConnections: Sendable {
    struct State {
        /// Nil where a connection has ended.
        var sockets: [PolledSocket?] = []
        var free: [Int] = []
        var waiter: Signal?

        var count: Int { sockets.count - free.count }
    }
    private let state = Lock(State())

    var count: Int { state.withLock { $0.count } }

    /// Remembers a connection; the number is for ``remove(_:)``.
    func add(_ socket: PolledSocket) -> Int {
        state.withLock { state in
            guard let number = state.free.popLast() else {
                state.sockets.append(socket)
                return state.sockets.count - 1
            }
            state.sockets[number] = socket
            return number
        }
    }

    /// Forgets a connection that has ended.
    func remove(_ number: Int) {
        state.withLock { state in
            state.sockets[number] = nil
            state.free.append(number)
        }
        changed()
    }

    /// Lets the handlers' waits look at the world again, and ends what has a pump.
    ///
    /// To be called after their tasks were cancelled.
    func cancelAll() {
        for case let socket? in state.withLock({ $0.sockets }) { socket.cancel() }
    }

    /// Waits until a connection has ended or ``changed()`` was called, but not when fewer than
    /// `limit` are left already.
    func waitForChange(
        unlessFewerThan limit: Int,
        on loop: EventLoop,
        until deadline: Deadline,
        heedsCancellation: Bool = true
    ) async -> Signal.Wake {
        let signal = Signal(on: loop)
        let isDone = state.withLock { state in
            state.waiter = signal
            return state.count < limit
        }
        if isDone { return .set }
        return await signal.wait(until: deadline, heedsCancellation: heedsCancellation)
    }

    /// Lets whoever waits look again.
    func changed() { state.withLock { $0.waiter }?.set() }
}
