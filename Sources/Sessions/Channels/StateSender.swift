public import SessionProtocol
public import Sockets

/// The sending end of a state: the latest value of each key.
///
/// A value that waits is replaced by the next one of its key, and its receipt says `superseded`; so a
/// slow reader costs one value a key, is never more than one value behind, and is told how many it
/// missed.
///
/// ```swift
/// let prices = try await session.state("prices")
/// try await prices.post("101.5", key: "ACME")
/// ```
/// Letting go of it finishes it. For what is waited for and thrown, see ``MessageSender``.
public final class StateSender: Sendable {
    /// The session it belongs to.
    public let session: Session
    private let sender: MessageSender

    init(_ session: Session, _ flow: Flow) {
        self.session = session
        sender = MessageSender(session, flow)
    }

    deinit { try? sender.end(.ok) }

    /// Its name, as its opener gave it.
    public var name: String { sender.name }

    /// Sends a value and waits for its receipt.
    @discardableResult
    public func send(
        _ bytes: [UInt8],
        key: String,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> Receipt {
        try await enqueue(bytes, key: key, by: deadline).receipt()
    }

    /// Sends a value; its receipt can be asked for later.
    public func enqueue(
        _ bytes: [UInt8],
        key: String,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> PendingReceipt {
        let letter = Session.Letter(bytes: bytes, key: Array(key.utf8))
        return try await session.enqueue(letter, on: sender.flow, by: deadline)
    }

    /// Sends a value for whose receipt nobody asks.
    public func post(
        _ bytes: [UInt8],
        key: String,
        by deadline: Deadline = .never
    ) async throws(SessionError) {
        let letter = Session.Letter(bytes: bytes, key: Array(key.utf8))
        try await session.post(letter, on: sender.flow, by: deadline)
    }

    /// Sends a value that is a text for whose receipt nobody asks.
    public func post(
        _ text: String,
        key: String,
        by deadline: Deadline = .never
    ) async throws(SessionError) {
        try await post(Array(text.utf8), key: key, by: deadline)
    }

    /// Ends the state, and waits until the other application has taken the last values.
    public func finish() async throws(SessionError) {
        try sender.end(.ok)
        try await sender.waitUntilForgotten()
    }

    /// Ends it at once; values that were not taken are not taken any more.
    public func reset(_ code: SessionCode = .cancelled) { sender.reset(code) }
}

extension Session {
    /// Opens a state to the other end; as ``log(_:overflow:)``.
    public func state(_ name: String) async throws(SessionError) -> StateSender {
        StateSender(self, try await open(.state, name))
    }
}
