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
/// One task reads at a time, and none while handlers take them (``Session/serve(_:)``). At most `streamLimit` wait here, by default
/// 128: more the other end must not open. It ends when the session is closed in good order.
public struct IncomingStreams: AsyncSequence, Sendable {
    let session: Session

    enum Next {
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
        while true {
            switch session.step({ state, _ in state.nextIncoming(session) }) {
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
