internal import SessionProtocol
internal import Sockets

/// The messages of a log, each of which counts as delivered when it was dealt with, not when it is given.
///
/// That is when the next one is asked for: so its sender's `delivered` means *stored*, if storing is what
/// the loop does. A process that is killed before leaves its sender with `unknown`.
///
/// ```swift
/// handlers.log("orders") { log in
///     for try await case .message(let order) in log.confirming {
///         try await store(order.bytes)  // fails: this one is not delivered, the log is given up
///     }
/// }
/// ```
/// Whoever stops before the end says ``confirm()`` first: the message in hand is not delivered otherwise, as
/// when the session is closed here. If the sender gives up the log or closes the session meanwhile, it is
/// delivered: it cannot be taken back.
public struct ConfirmingReceiver: AsyncSequence, Sendable {
    let receiver: LogReceiver

    /// Says that the message before was dealt with, and waits for the next one; otherwise as
    /// ``LogReceiver/next()``.
    public func next() async throws(SessionError) -> ChannelElement? {
        let session = receiver.session
        guard let taken = try await session.take(from: receiver.flow, staysInHand: true) else {
            return nil
        }
        return ChannelElement(taken)
    }

    /// Says that the message given last was dealt with, without asking for another.
    public func confirm() { receiver.session.confirm(receiver.flow) }

    /// Iterates where ``next()`` is.
    public func makeAsyncIterator() -> Iterator { Iterator(messages: self) }

    /// For `for try await`.
    public struct Iterator: AsyncIteratorProtocol {
        let messages: ConfirmingReceiver

        /// As ``ConfirmingReceiver/next()``.
        public mutating func next() async throws(SessionError) -> ChannelElement? {
            try await messages.next()
        }
    }
}

extension LogReceiver {
    /// The same messages, each of which counts as delivered when it was dealt with.
    public var confirming: ConfirmingReceiver { ConfirmingReceiver(receiver: self) }
}
