public import SessionProtocol
internal import Sockets

/// The receiving end of a state: the latest value of each key, when there is a new one.
///
/// ```swift
/// for try await case .value(let key, let bytes, _) in prices { show(key.text, bytes) }
/// ```
/// It is read and let go of as a ``LogReceiver``.
public final class StateReceiver: AsyncSequence, Sendable {
    /// The session it belongs to.
    public let session: Session
    let flow: Flow

    init(_ session: Session, _ flow: Flow) {
        self.session = session
        self.flow = flow
    }

    deinit { session.letGo(flow) }

    /// Its name, as its opener gave it.
    public var name: String { flow.text }

    /// The next value, or gap; nil when the sender has ended the state; as ``LogReceiver/next()``.
    public func next() async throws(SessionError) -> StateElement? {
        guard let taken = try await session.take(from: flow) else { return nil }
        return StateElement(taken)
    }

    /// Gives it up.
    public func reset(_ code: SessionCode = .closed) { session.reset(flow, code) }

    /// Iterates where ``next()`` is.
    public func makeAsyncIterator() -> Iterator { Iterator(receiver: self) }

    /// For `for try await`.
    public struct Iterator: AsyncIteratorProtocol {
        let receiver: StateReceiver

        /// As ``StateReceiver/next()``.
        public mutating func next() async throws(SessionError) -> StateElement? {
            try await receiver.next()
        }
    }
}
