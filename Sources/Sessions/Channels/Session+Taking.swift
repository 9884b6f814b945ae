internal import SessionProtocol
internal import Sockets

// How what came gets to the application.

extension Session {
    fileprivate enum Taking {
        case taken(Taken)
        case over
        case failed(SessionError)
        case wait(Signal)
    }

    /// The next thing of a stream; nil when it has ended well.
    ///
    /// What is given here counts as taken, or stays in hand until the next is asked for. Cancellation and
    /// deadlines: total.
    func take(
        from flow: Flow,
        until deadline: Deadline = .current,
        staysInHand: Bool = false
    ) async throws(SessionError) -> Taken? {
        while true {
            switch takeNow(from: flow, staysInHand) {
            case .taken(let taken): return taken
            case .over: return nil
            case .failed(let error): throw error
            case .wait(let signal):
                let wake = await signal.wait(until: deadline)
                if case .set = wake { continue }
                state.withLock { _ in
                    if flow.reader === signal { flow.reader = nil }
                }
                throw wake == .cancelled ? .cancelled : .deadlinePassed
            }
        }
    }

    /// What was taken last of a stream, and stays in hand, counts as taken.
    func confirm(_ flow: Flow) {
        let now = SessionClock.now
        step { state, _ in state.machine.confirm(flow.id, now: now) }
    }

    @inline(never)
    private func takeNow(from flow: Flow, _ staysInHand: Bool) -> Taking {
        let now = SessionClock.now
        return stepInline { state, _ in state.take(from: flow, now, loop, staysInHand) }
    }

    /// Nobody reads a stream any more: it is given up, unless its end was seen.
    func letGo(_ flow: Flow) {
        step { state, aftermath in
            guard flow.incomingEnd == nil || state.machine.isInHand(flow.id) else { return }
            state.reset(flow, .closed, &aftermath)
        }
    }

    /// Gives a stream up, unless it is over anyway.
    func reset(_ flow: Flow, _ code: SessionCode) {
        step { state, aftermath in state.reset(flow, code, &aftermath) }
    }
}

extension SessionState {
    mutating func reset(_ flow: Flow, _ code: SessionCode, _ aftermath: inout Aftermath) {
        guard flow.resetCode == nil, !flow.isForgotten else { return }
        flow.resetCode = code
        machine.reset(flow.id, code)
        flow.wakeAll(&aftermath)
    }

    fileprivate mutating func take(
        from flow: Flow,
        _ now: SessionInstant,
        _ loop: EventLoop,
        _ staysInHand: Bool
    ) -> Session.Taking {
        guard flow.reader == nil else { return .failed(.busy) }
        if let end = flow.incomingEnd {
            machine.confirm(flow.id, now: now)
            return end.status == .ok
                ? .over : .failed(SessionError(.failed, end.status, end.detail))
        }
        if let taken = machine.take(from: flow.id, now: now, staysInHand: staysInHand) {
            return note(taken, flow)
        }
        if flow.isDiscarded { return .failed(SessionError(.finished, .closed)) }
        if let code = flow.resetCode { return .failed(SessionError(.reset, code)) }
        if let ending = machine.ending { return .failed(SessionError(ending)) }
        if flow.isForgotten { return .failed(SessionError(.reset, .deadline)) }
        let signal = Signal(on: loop)
        flow.reader = signal
        return .wait(signal)
    }

    private mutating func note(_ taken: Taken, _ flow: Flow) -> Session.Taking {
        switch taken {
        case .message(_, _, let isLast):
            counts.takenCount += 1
            if isLast { flow.incomingEnd = (.ok, "") }
        case .value:
            counts.takenCount += 1
        case .gap:
            break
        case .end(let status, let detail):
            let text = String(decoding: detail, as: UTF8.self)
            flow.incomingEnd = (status, text)
            return status == .ok ? .over : .failed(SessionError(.failed, status, text))
        }
        return .taken(taken)
    }
}
