public import SessionProtocol
internal import Sockets

/// The receiving end of a log.
///
/// ```swift
/// for try await element in log {
///     switch element {
///     case .message(let message): print(message.number, message.text)
///     case .gap(let gap): print("\(gap.count) missing: \(gap.cause)")
///     }
/// }
/// ```
/// A message counts as delivered when it is given here, or with ``confirming`` when it was dealt with.
/// One task reads at a time, another gets ``SessionError/Kind/busy``. Letting go of it before its end
/// tells the sender that nothing more is taken.
public final class LogReceiver: AsyncSequence, Sendable {
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

    /// The next message, or gap; nil when the sender has ended the log.
    ///
    /// Cancellation and deadlines: total.
    ///
    /// - Throws: ``SessionError``: `failed` for an end with another status than success, `reset`, `ended`,
    ///   `busy`, `cancelled`, `deadlinePassed`.
    public func next() async throws(SessionError) -> ChannelElement? {
        guard let taken = try await session.take(from: flow) else { return nil }
        return ChannelElement(taken)
    }

    /// Gives it up.
    public func reset(_ code: SessionCode = .closed) { session.reset(flow, code) }

    /// Iterates where ``next()`` is.
    public func makeAsyncIterator() -> Iterator { Iterator(receiver: self) }

    /// For `for try await`.
    public struct Iterator: AsyncIteratorProtocol {
        let receiver: LogReceiver

        /// As ``LogReceiver/next()``.
        public mutating func next() async throws(SessionError) -> ChannelElement? {
            try await receiver.next()
        }
    }
}
