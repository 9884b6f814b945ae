public import SessionProtocol
public import Sockets

/// A flow of messages out of this end: every one, in order, once.
///
/// What ``LogSender``, ``OutgoingCall`` and ``IncomingCall`` have in common. There are three ways to
/// send, which differ in what is waited for:
///
/// | | waits for |
/// |---|---|
/// | ``send(_:by:)-(Array<UInt8>,_)`` | the receipt: the other application has it, or will not get it |
/// | ``enqueue(_:by:)`` | room in the queue; the receipt can be asked for later |
/// | ``post(_:by:)`` | room in the queue; nobody asks for the receipt, which is counted all the same |
///
/// A deadline, the task's or `by`, goes over the wire: from then on the message is not taken any more.
/// Deadlines and cancellation end in a receipt and not in an error; only ``post(_:by:)``, which has no
/// receipt to give, throws. What is thrown otherwise was never taken in: the session is over
/// (``SessionError/Kind/ended``), the stream given up (`reset`) or finished, the call
/// ``SessionError/Kind/answered``, the message `tooLong`.
public class MessageSender: @unchecked Sendable {
    // "@unchecked": everything here is immutable, in the subclasses too or behind the session's lock.

    /// The session it belongs to.
    public let session: Session
    let flow: Flow

    init(_ session: Session, _ flow: Flow) {
        self.session = session
        self.flow = flow
    }

    /// Its name, as its opener gave it.
    public var name: String { flow.text }

    /// Sends a message and waits for its receipt, which takes a round trip.
    @discardableResult
    public func send(
        _ bytes: [UInt8],
        by deadline: Deadline = .never
    ) async throws(SessionError) -> Receipt {
        try await session.enqueue(.init(bytes: bytes), on: flow, by: deadline).receipt()
    }

    /// Sends a text as UTF-8; as the form for bytes.
    @discardableResult
    public func send(
        _ text: String,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> Receipt {
        try await send(Array(text.utf8), by: deadline)
    }

    /// Sends a message; its receipt can be asked for later.
    public func enqueue(
        _ bytes: [UInt8],
        by deadline: Deadline = .never
    ) async throws(SessionError) -> PendingReceipt {
        try await session.enqueue(.init(bytes: bytes), on: flow, by: deadline)
    }

    /// Sends a message for whose receipt nobody asks: the cheapest way.
    ///
    /// - Throws: ``SessionError``, also `cancelled` and `deadlinePassed` if there was no room until then.
    public func post(_ bytes: [UInt8], by deadline: Deadline = .never) async throws(SessionError) {
        try await session.post(.init(bytes: bytes), on: flow, by: deadline)
    }

    /// Sends a text as UTF-8 for whose receipt nobody asks.
    public func post(_ text: String, by deadline: Deadline = .never) async throws(SessionError) {
        try await post(Array(text.utf8), by: deadline)
    }

    /// Tells the receiver that messages are missing here: from the source this end reads itself, say.
    ///
    /// - Parameters:
    ///   - count: How many, at most 2³².
    ///   - cause: Why.
    ///   - place: How they can be fetched, at most 1,024 bytes; it means what the two applications agree
    ///     on.
    /// - Throws: ``SessionError``; `dropped` when the queue is full.
    public func sendGap(
        count: UInt64,
        cause: SessionCode,
        place: [UInt8] = []
    ) throws(SessionError) {
        try session.step { state, _ throws(SessionError) in
            do throws(SessionCommandError) {
                try state.machine.sendGap(
                    count: count,
                    cause: cause,
                    place: place,
                    on: flow.id
                )
            } catch {
                throw state.failure(error, flow)
            }
        }
    }

    /// Ends the flow behind everything sent so far, once.
    func end(_ status: SessionCode, _ detail: String = "") throws(SessionError) {
        try session.step { state, _ throws(SessionError) in
            do throws(SessionCommandError) {
                let detail = Array(detail.utf8.prefix(Self.detailLimit))
                try state.machine.finish(flow.id, status: status, detail: detail)
                flow.isFinished = true
            } catch {
                throw state.failure(error, flow)
            }
        }
    }

    /// Text that goes with a status, in bytes (docs/session-protocol.md §9).
    private static let detailLimit = 1_024

    /// Waits until nothing is left to happen on the stream: all is taken, and the other end has said so.
    func waitUntilForgotten() async throws(SessionError) {
        while true {
            let signal: Signal? = try session.step { state, _ throws(SessionError) in
                if let code = flow.resetCode { throw SessionError(.reset, code) }
                if flow.isForgotten { return nil }
                if let ending = state.machine.ending { throw SessionError(ending) }
                let signal = Signal(on: session.loop)
                flow.endWaiters.append(signal)
                return signal
            }
            guard let signal else { return }
            let wake = await signal.wait(until: .current)
            if case .set = wake { continue }
            session.state.withLock { _ in flow.endWaiters.removeAll { $0 === signal } }
            throw wake == .cancelled ? .cancelled : .deadlinePassed
        }
    }

    /// Ends both flows of the stream at once.
    ///
    /// What was not taken by then is not taken any more, and its receipts say so.
    public func reset(_ code: SessionCode = .cancelled) { session.reset(flow, code) }
}
