internal import SessionProtocol
public import Sockets

/// A call to the other end that is open: messages both ways.
///
/// ```swift
/// let call = try await session.openCall("translate")
/// for word in words { try await call.post(word) }
/// try call.finish()
/// for try await case .message(let answer) in call.answers { print(answer.text) }
/// ```
/// A callee may end the call while requests are still being sent: refused, failed, or done early. Who sends
/// then, or waits for room, gets ``SessionError/Kind/answered``, and finds the outcome in ``answers``:
///
/// ```swift
/// do {
///     for word in words { try await call.post(word) }
/// } catch where error.kind == .answered {
///     // What it said comes now.
/// }
/// ```
/// Letting go of it before both ways have ended cancels it.
public final class OutgoingCall: MessageSender, @unchecked Sendable {
    deinit { session.letGo(ofCall: flow) }

    /// What the other end answers; its end is the call's outcome.
    public var answers: CallMessages { CallMessages(call: self, first: nil) }

    /// Ends the requests: the other end sees the end of them.
    public func finish() throws(SessionError) { try end(.ok) }
}

extension Session {
    /// An answer of ``call(_:_:limit:by:)`` may have so many bytes, if nothing else is said: 16 MiB, arbitrary.
    public static let answerSizeLimit = 16_777_216

    /// Opens a call, for more than one message in either direction.
    ///
    /// Waits while the other end takes no more streams.
    ///
    /// - Parameters:
    ///   - name: What the other end knows it by, at most 255 bytes of UTF-8.
    ///   - deadline: When both ends give the whole call up; the task's, if that is earlier.
    /// - Returns: The call, of which nothing was sent.
    /// - Throws: ``SessionError``.
    public func openCall(
        _ name: String,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> OutgoingCall {
        OutgoingCall(self, try await open(.call, name, by: deadline))
    }

    /// Calls the other end: one request, one answer.
    ///
    /// The deadline, the task's or `by`, crosses the wire: a call whose caller was told that its time is
    /// over does not run later. Cancelling cancels it at the other end too.
    ///
    /// ```swift
    /// let sum = try await session.call("add", Array("1 2".utf8), by: .after(.seconds(2)))
    /// ```
    /// - Parameters:
    ///   - name: What the other end knows it by, at most 255 bytes of UTF-8.
    ///   - request: What is asked, in one message.
    ///   - limit: The bytes the answer may have: the other end chooses how many there are.
    ///   - deadline: When both ends give the call up; the task's, if that is earlier.
    /// - Returns: What the other end answers; several messages in one piece.
    /// - Throws: ``SessionError``, `tooLong` for a longer answer. Its ``SessionError/receipt`` tells what became of
    ///   the request: if it was not delivered, the call has not run.
    public func call(
        _ name: String,
        _ request: [UInt8] = [],
        limit: Int = Session.answerSizeLimit,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> [UInt8] {
        let call = try await openCall(name, by: deadline)
        let letter = Letter(bytes: request, isLast: true)
        let pending = try await ask(letter, on: call.flow, by: deadline)
        do throws(SessionError) {
            // The machine keeps the deadline: it knows what became of the request.
            return try await call.answers.collect(limit: limit, until: .never)
        } catch {
            throw await explained(error, pending, by: deadline)
        }
    }

    /// Calls the other end with a text; as the form for bytes.
    public func call(
        _ name: String,
        _ request: String,
        limit: Int = Session.answerSizeLimit,
        by deadline: Deadline = .never
    ) async throws(SessionError) -> [UInt8] {
        try await call(name, Array(request.utf8), limit: limit, by: deadline)
    }

    /// Sends the one request of a call; one that is refused before it was sent has its answer all the same.
    func ask(
        _ letter: Letter,
        on flow: Flow,
        by deadline: Deadline
    ) async throws(SessionError) -> PendingReceipt {
        do throws(SessionError) {
            return try await enqueue(letter, on: flow, by: deadline)
        } catch  where error.kind == .answered {
            return PendingReceipt(self, nil, outcome: .notDelivered(error.code))
        }
    }

    /// A failed call's error, with what became of its request.
    private func explained(
        _ error: SessionError,
        _ pending: PendingReceipt,
        by deadline: Deadline
    ) async -> SessionError {
        var error = error
        if error.kind == .reset, error.code == .deadline, min(deadline, .current).hasPassed {
            error = .deadlinePassed
        }
        // A cancelled task withdraws the request, and waits for what became of it.
        let isCancelled = error.kind == .cancelled
        let receipt = isCancelled ? await pending.receipt() : pending.receiptIfReady
        error.receipt = receipt ?? .unknown(error.code)
        return error
    }
}
