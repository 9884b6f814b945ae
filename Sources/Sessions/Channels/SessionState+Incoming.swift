internal import DequeModule
internal import SessionProtocol
internal import Sockets

// The streams of the other end, until somebody has taken them over.

extension SessionState {
    mutating func nextIncoming(_ session: Session) -> IncomingStreams.Next {
        guard incomingReader == nil, handlers == nil else { return .failed(.busy) }
        while let flow = incoming.popFirst() {
            if let stream = begin(flow, session) { return .stream(stream) }
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

    /// Takes over the next stream that these handlers want, if one more may run; the others are refused
    /// untaken.
    mutating func nextToHandle(
        _ session: Session,
        _ handlers: SessionHandlers,
        _ aftermath: inout Aftermath
    ) -> (number: UInt64, stream: IncomingStream)? {
        while running.count < machine.settings.limits.streamLimit, let flow = incoming.popFirst() {
            // Before anything of it is taken: what nobody handles has not run.
            guard handlers.want(flow) else {
                reset(flow, .unknownName, &aftermath)
                continue
            }
            if let stream = begin(flow, session) { return (flow.id.rawValue, stream) }
        }
        return nil
    }

    /// Takes a stream over; nil if there is nothing of it to be had any more.
    private mutating func begin(_ flow: Flow, _ session: Session) -> IncomingStream? {
        guard !flow.isForgotten, flow.resetCode == nil else { return nil }
        return switch flow.kind {
        case .log: .log(LogReceiver(session, flow))
        case .state: .state(StateReceiver(session, flow))
        case .datagram: .datagrams(DatagramReceiver(session, flow))
        case .call: beginCall(flow, session).map { .call($0) }
        }
    }

    /// Takes a call's first message now that somebody is there to run it; nil if it must not run.
    ///
    /// Not earlier: from then on it counts as run, and its deadline is kept by whoever runs it.
    private mutating func beginCall(_ flow: Flow, _ session: Session) -> IncomingCall? {
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
