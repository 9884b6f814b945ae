public import SessionProtocol
internal import Sockets

/// A call of the other end, to be answered.
///
/// It was handed out with the first message of its requests, and counts as run from then on.
///
/// ```swift
/// handlers.call("count") { call in
///     for number in 1...10 { try await call.send("\(number)") }
/// }
/// ```
/// A handler that returns ends it with success, one that throws with `failed`. Letting go of it
/// unfinished gives it up.
public final class IncomingCall: MessageSender, @unchecked Sendable {
    private let first: FirstMessage?

    init(_ session: Session, _ flow: Flow, first: ChannelElement?) {
        self.first = first.map { FirstMessage($0) }
        super.init(session, flow)
    }

    deinit { session.letGo(ofCall: flow) }

    /// What the caller sends; ends when it has sent all.
    public var requests: CallMessages { CallMessages(call: self, first: first) }

    /// The time the call had left when it came; nil if it has no deadline.
    public var remaining: Duration? { flow.remaining.map { .microseconds(Int64(clamping: $0)) } }

    /// Sends the last message of the answer, and success with it: one frame less than
    /// ``MessageSender/post(_:by:)`` and ``finish(_:detail:)``.
    public func finish(with bytes: [UInt8]) async throws(SessionError) {
        try await session.post(.init(bytes: bytes, isLast: true), on: flow, by: .never)
    }

    /// Ends the answers: the call's outcome.
    ///
    /// A caller that hears of it sends no more: its sends throw ``SessionError/Kind/answered``. What it has
    /// sent by then can still be read, until the handler returns or lets go of the call; what is left then
    /// is passed over, and *not delivered*.
    ///
    /// - Parameters:
    ///   - status: Success, or what the caller is told.
    ///   - detail: More words, cut at 1,024 bytes.
    /// - Throws: ``SessionError`` if it has ended before, or was given up by the caller.
    public func finish(_ status: SessionCode = .ok, detail: String = "") throws(SessionError) {
        try end(status, detail)
    }

    /// Its handler has returned.
    func discardRequest() { session.discardRequest(of: flow) }
}
