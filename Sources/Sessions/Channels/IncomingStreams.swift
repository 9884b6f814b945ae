internal import DequeModule
public import SessionProtocol
internal import Sockets

/// A stream that the other end has opened.
public enum IncomingStream: Sendable {
    /// Every message, in order, once.
    case log(LogReceiver)
    /// The latest value of each key.
    case state(StateReceiver)
    /// Best effort.
    case datagrams(DatagramReceiver)
    /// Messages both ways.
    case call(IncomingCall)

    /// Its name.
    public var name: String {
        switch self {
        case .log(let log): log.name
        case .state(let state): state.name
        case .datagrams(let datagrams): datagrams.name
        case .call(let call): call.name
        }
    }
}

extension IncomingStream {
    /// Gives it up: nothing of it is taken any more.
    public func reset(_ code: SessionCode) {
        switch self {
        case .log(let log): log.reset(code)
        case .state(let state): state.reset(code)
        case .datagrams(let datagrams): datagrams.reset(code)
        case .call(let call): call.reset(code)
        }
    }
}

/// The streams that the other end opens, one after the other.
///
/// ```swift
/// for try await stream in session.incoming {
///     guard case .log(let log) = stream else { continue }  // others are given up
///     for try await element in log { … }
/// }
/// ```
/// One task reads at a time; ``Session/serve(_:)`` is one. At most `streamLimit` wait here, by default
/// 128: more the other end must not open. It ends when the session is closed in good order.
public struct IncomingStreams: AsyncSequence, Sendable {
    let session: Session

    fileprivate enum Next {
        case stream(IncomingStream)
        case over
        case failed(SessionError)
        case wait(Signal)
    }

    /// The next stream; nil when the session was closed in good order.
    ///
    /// Cancellation and deadlines: total.
    ///
    /// - Throws: ``SessionError``: `ended`, `busy`, `cancelled`, `deadlinePassed`.
    public func next() async throws(SessionError) -> IncomingStream? {
        try await next(for: nil)
    }

    /// The next stream that these handlers want; the others are refused untaken.
    func next(for handlers: SessionHandlers?) async throws(SessionError) -> IncomingStream? {
        while true {
            let next: Next = session.step { state, aftermath in
                state.nextIncoming(session, handlers, &aftermath)
            }
            switch next {
            case .stream(let stream): return stream
            case .over: return nil
            case .failed(let error): throw error
            case .wait(let signal):
                let wake = await signal.wait(until: .current)
                if case .set = wake { continue }
                session.state.withLock { state in
                    if state.incomingReader === signal { state.incomingReader = nil }
                }
                throw wake == .cancelled ? .cancelled : .deadlinePassed
            }
        }
    }

    /// Iterates where ``next()`` is.
    public func makeAsyncIterator() -> Iterator { Iterator(streams: self) }

    /// For `for try await`.
    public struct Iterator: AsyncIteratorProtocol {
        let streams: IncomingStreams

        /// As ``IncomingStreams/next()``.
        public mutating func next() async throws(SessionError) -> IncomingStream? {
            try await streams.next()
        }
    }
}

extension Session {
    /// What the other end opens, one by one; ``serve(_:)`` does it by name.
    public var incoming: IncomingStreams { IncomingStreams(session: self) }
}

extension SessionState {
    fileprivate mutating func nextIncoming(
        _ session: Session,
        _ handlers: SessionHandlers?,
        _ aftermath: inout Aftermath
    ) -> IncomingStreams.Next {
        guard incomingReader == nil else { return .failed(.busy) }
        while let flow = incoming.popFirst() {
            guard !flow.isForgotten, flow.resetCode == nil else { continue }
            // Before anything of it is taken: what nobody handles has not run.
            guard handlers?.want(flow) ?? true else {
                reset(flow, .unknownName, &aftermath)
                continue
            }
            switch flow.kind {
            case .log: return .stream(.log(LogReceiver(session, flow)))
            case .state: return .stream(.state(StateReceiver(session, flow)))
            case .datagram: return .stream(.datagrams(DatagramReceiver(session, flow)))
            case .call:
                if let call = begin(flow, session) { return .stream(.call(call)) }
            }
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
