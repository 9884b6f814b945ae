internal import DequeModule
internal import SessionProtocol
internal import Sockets

// The streams of the other end, until somebody has taken them over.

extension SessionState {
    mutating func nextIncoming(
        _ session: Session,
        _ handlers: SessionHandlers?,
        _ aftermath: inout Aftermath
    ) -> IncomingStreams.Next {
        guard incomingReader == nil else { return .failed(.busy) }
        if let stream = takeIncoming(session, handlers, &aftermath) {
            return .stream(stream)
        }
        if let ending = machine.ending {
            switch ending {
            case .closed, .abandoned: return .over
            default: return .failed(SessionError(ending))
            }
        }
        let signal = Signal(on: session.loop)
        incomingReader = signal
        return .wait(signal)
    }

    private mutating func takeIncoming(
        _ session: Session,
        _ handlers: SessionHandlers?,
        _ aftermath: inout Aftermath
    ) -> IncomingStream? {
        let handlerLimit = handlers == nil ? UInt64.max : machine.settings.limits.streamLimit
        while handlerCount < handlerLimit, let flow = incoming.popFirst() {
            guard !flow.isForgotten, flow.resetCode == nil else { continue }
            // Before anything of it is taken: what nobody handles has not run.
            guard handlers?.want(flow) ?? true else {
                reset(flow, .unknownName, &aftermath)
                continue
            }
            let stream: IncomingStream
            switch flow.kind {
            case .log: stream = .log(LogReceiver(session, flow))
            case .state: stream = .state(StateReceiver(session, flow))
            case .datagram: stream = .datagrams(DatagramReceiver(session, flow))
            case .call:
                guard let call = begin(flow, session) else { continue }
                stream = .call(call)
            }
            if handlers != nil { handlerCount += 1 }
            return stream
        }
        return nil
    }

    /// A handler has returned: there is a place for another.
    mutating func handled(_ aftermath: inout Aftermath) {
        handlerCount -= 1
        if !incoming.isEmpty { aftermath.wake(&incomingReader) }
    }

    /// Takes a call's first message now that somebody is there to run it; nil if it must not run.
    ///
    /// Not earlier: from then on it counts as run, and its deadline is kept by whoever runs it.
    private mutating func begin(_ flow: Flow, _ session: Session) -> IncomingCall? {
        switch machine.take(from: flow.id, now: SessionClock.now) {
        case .message(let number, let payload, let isLast):
            counts.takenCount += 1
            if isLast { flow.incomingEnd = (.ok, "") }
            let message = ChannelElement.Message(number: number, bytes: payload)
            return IncomingCall(session, flow, first: .message(message))
        case .end(let status, let detail):
            flow.incomingEnd = (status, String(decoding: detail, as: UTF8.self))
            return IncomingCall(session, flow, first: nil)
        case .gap(let gap):
            flow.resetCode = gap.cause
            machine.reset(flow.id, gap.cause)
            return nil
        case .value, nil:
            // Its time was over: the machine has given it up.
            return nil
        }
    }
}
