internal import SessionProtocol
internal import Sockets

/// The messages of a call that come to this end: its requests, or its answers.
///
/// Read as a ``LogReceiver``; the end of it is nil if it ended well, and otherwise an error with the
/// status: ``SessionError/Kind/failed``.
public struct CallMessages: AsyncSequence, Sendable {
    /// Keeps the stream: who lets go of a call gives it up.
    let call: MessageSender
    /// What was taken already, before the call was handed out.
    let first: FirstMessage?

    /// The next message, or gap; nil at the end.
    ///
    /// Cancellation and deadlines: total.
    ///
    /// - Throws: ``SessionError``; see ``LogReceiver/next()``.
    public func next() async throws(SessionError) -> ChannelElement? {
        try await next(until: .current)?.element
    }

    /// The next one, and whether the flow ends well behind it, so that who collects need not ask again.
    private func next(
        until deadline: Deadline
    ) async throws(SessionError) -> (element: ChannelElement, isLast: Bool)? {
        if let first = first?.take(call) { return first }
        guard let taken = try await call.session.take(from: call.flow, until: deadline),
            let element = ChannelElement(taken)
        else { return nil }
        if case .message(_, _, isLast: true) = taken { return (element, true) }
        return (element, false)
    }

    /// All that is left, as one piece of bytes.
    ///
    /// - Parameter limit: more bytes than that are an error, `limit`: the other end chooses how many there
    ///   are.
    /// - Returns: The messages' bytes, one behind the other.
    /// - Throws: ``SessionError``; also for a gap.
    public func collect(limit: Int) async throws(SessionError) -> [UInt8] {
        try await collect(limit: limit, until: .current)
    }

    func collect(limit: Int, until deadline: Deadline) async throws(SessionError) -> [UInt8] {
        var all: [UInt8] = []
        while let next = try await next(until: deadline) {
            switch next.element {
            case .gap(let gap): throw SessionError(.failed, gap.cause, "messages are missing")
            case .message(let message):
                guard message.bytes.count <= limit - all.count else {
                    throw SessionError(.tooLong, .limit, "more than \(limit) bytes")
                }
                // The first one is taken over, not copied.
                if all.isEmpty { all = message.bytes } else { all += message.bytes }
            }
            if next.isLast { break }
        }
        return all
    }

    /// Iterates where ``next()`` is.
    public func makeAsyncIterator() -> Iterator { Iterator(messages: self) }

    /// For `for try await`.
    public struct Iterator: AsyncIteratorProtocol {
        let messages: CallMessages

        /// As ``CallMessages/next()``.
        public mutating func next() async throws(SessionError) -> ChannelElement? {
            try await messages.next()
        }
    }
}

/// The message with which a call came.
///
/// "@unchecked": touched only under the session's lock.
final class FirstMessage: @unchecked Sendable {
    private var element: ChannelElement?

    init(_ element: ChannelElement) { self.element = element }

    /// It, the first time, and whether the flow of its call ends well behind it.
    func take(_ call: MessageSender) -> (ChannelElement, isLast: Bool)? {
        call.session.state.withLock { _ in
            defer { element = nil }
            return element.map { ($0, call.flow.incomingEnd?.status == .ok) }
        }
    }
}
