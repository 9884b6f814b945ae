internal import Sockets

/// One direction of a relayed connection: receives at one end, sends at the other, and asks a
/// ``FaultyFlow`` what and when.
final class FlowDriver: Sendable {
    struct State {
        var flow: FaultyFlow
        /// Whoever waits for room.
        var reader: Signal?
        /// Whoever waits for something to do.
        var writer: Signal?
    }

    private let source: any RelayEnd
    private let destination: any RelayEnd
    private let clock: RelayClock
    private let held: HeldBytes
    private let state: Lock<State>

    init(
        from source: any RelayEnd,
        to destination: any RelayEnd,
        _ flow: FaultyFlow,
        _ clock: RelayClock,
        _ held: HeldBytes
    ) {
        self.source = source
        self.destination = destination
        self.clock = clock
        self.held = held
        state = Lock(State(flow: flow))
    }

    deinit { held.change(by: -state.withLock { $0.flow.heldSize }) }

    var counts: FlowCounts { state.withLock { $0.flow.counts } }

    /// Whether something has vanished, so that a stream must not go on.
    var hasHole: Bool { state.withLock { $0.flow.hasHole } }

    // MARK: What goes on

    /// Receives until the source's end.
    ///
    /// - Returns: Why it broke, if it did.
    func receive() async -> SocketError? {
        while await waitForRoom() {
            do throws(SocketError) {
                guard let piece = try await source.receive() else {
                    change { $0.end(.finish, now: $1) }
                    return nil
                }
                change { $0.take(piece, now: $1) }
            } catch {
                if error.code == .cancelled { return nil }
                change { $0.end(.reset, now: $1) }
                // Closed by this side: for a reason that is known.
                return error.code == .closed ? nil : error
            }
        }
        return nil
    }

    /// Sends until the end has been told.
    ///
    /// - Parameter onFailure: What is to happen when the destination does not take any more.
    /// - Returns: Why it did not, if it did not.
    func send(onFailure: () -> Void) async -> SocketError? {
        var failure: SocketError?
        while !Task.isCancelled {
            let (step, change) = nextStep()
            switch step {
            case .send(let piece):
                guard let error = await send(piece) else { continue }
                if error.code == .cancelled { return failure }
                // Closed by this side: for a reason that is known.
                if error.code == .closed { continue }
                failure = failure ?? error
                onFailure()
            case .finish:
                try? await destination.finish()
                return failure
            case .reset:
                destination.reset()
                return failure
            case .wait(let time): _ = await change?.wait(until: clock.deadline(time))
            case .waitForMore: _ = await change?.wait(until: .never)
            case .over: return failure
            }
        }
        return failure
    }

    private func send(_ piece: RelayPiece) async -> SocketError? {
        do throws(SocketError) {
            try await destination.send(piece)
            state.withLock { $0.flow.didSend(piece.bytes.count, of: piece) }
            return nil
        } catch {
            // Bytes of the piece, where its borders mean nothing.
            let sent = piece.kind == .stream ? min(error.transferredCount, piece.bytes.count) : 0
            change { flow, _ in
                flow.didSend(sent, of: piece)
                if error.code != .cancelled { flow.breakDestination() }
            }
            return error
        }
    }

    // MARK: What happens to it

    func become(_ weather: FaultyFlow.Weather) { change { flow, _ in flow.become(weather) } }

    /// The source is known to have broken; see ``FaultyFlow/breakSource()``.
    func breakSource() -> Bool { change { flow, _ in flow.breakSource() } }

    // MARK: The flow

    /// What to do now, and what tells that there may be something else to do, where that is to wait.
    private func nextStep() -> (FaultyFlow.Step, Signal?) {
        let now = clock.now
        var reader: Signal?
        let result = state.withLock { state -> (FaultyFlow.Step, Signal?) in
            let before = state.flow.heldSize
            let step = state.flow.next(now: now)
            let difference = state.flow.heldSize - before
            if difference != 0 {
                held.change(by: difference)
                (reader, state.reader) = (state.reader, nil)
            }
            switch step {
            case .wait, .waitForMore: state.writer = Signal(on: destination.loop ?? source.loop)
            case .send, .finish, .reset, .over: state.writer = nil
            }
            return (step, state.writer)
        }
        reader?.set()
        return result
    }

    /// Changes the flow, and wakes whoever may have something to do now.
    @discardableResult
    private func change<Result>(_ body: (inout FaultyFlow, _ now: Int64) -> Result) -> Result {
        let now = clock.now
        var woken: [Signal?] = []
        let result = state.withLock { state in
            let before = state.flow.heldSize
            let result = body(&state.flow, now)
            held.change(by: state.flow.heldSize - before)
            woken = [state.reader, state.writer]
            (state.reader, state.writer) = (nil, nil)
            return result
        }
        for signal in woken { signal?.set() }
        return result
    }

    /// Waits until more may be taken; false when cancelled.
    private func waitForRoom() async -> Bool {
        while !Task.isCancelled {
            let signal: Signal? = state.withLock { state in
                let hasRoom = state.flow.hasRoom && (state.flow.heldSize == 0 || held.hasRoom)
                if hasRoom { return nil }
                let signal = Signal(on: source.loop ?? destination.loop)
                state.reader = signal
                return signal
            }
            guard let signal else { return true }
            _ = await signal.wait(until: .never)
        }
        return false
    }
}
