internal import SessionProtocol
internal import Sockets

// How what an application sends gets into the machine.

extension Session {
    /// What is to be sent.
    struct Letter {
        let bytes: [UInt8]
        /// Of a state's value.
        var key: [UInt8]?
        /// It ends the flow behind it.
        var isLast = false
    }

    fileprivate enum Posting {
        case done
        case wait(Signal)
        case failed(SessionError)
    }

    /// Takes a message in, waiting for room if there is none.
    ///
    /// Gives what its receipt will be told to, unless nobody wants it.
    /// - Throws: ``SessionError`` of what was never taken in, but for time and cancellation.
    func enqueue(
        _ letter: Letter,
        on flow: Flow,
        by deadline: Deadline
    ) async throws(SessionError) -> PendingReceipt {
        let pending = PendingReceipt(self, flow)
        let time = min(deadline, .current)
        if let cause = try await put(letter, on: flow, time, pending) {
            return PendingReceipt(self, nil, outcome: .notDelivered(cause))
        }
        return pending
    }

    /// As ``enqueue(_:on:by:)``, for who does not ask for the receipt.
    func post(_ letter: Letter, on flow: Flow, by deadline: Deadline) async throws(SessionError) {
        let time = min(deadline, .current)
        switch try await put(letter, on: flow, time, nil) {
        case nil: return
        case .deadline?: throw .deadlinePassed
        default: throw .cancelled
        }
    }

    /// Nil when it was taken in; otherwise why it never was: time or cancellation.
    private func put(
        _ letter: Letter,
        on flow: Flow,
        _ deadline: Deadline,
        _ pending: PendingReceipt?
    ) async throws(SessionError) -> SessionCode? {
        let expiry = SessionClock.instant(of: deadline)
        while true {
            // Before the machine's clock would say so: then it takes no part in any of this.
            if expiry != nil, deadline.hasPassed { return .deadline }
            switch putNow(letter, on: flow, expiry, pending) {
            case .done: return nil
            case .failed(let error): throw error
            case .wait(let signal):
                let wake = await signal.wait(until: deadline)
                if case .set = wake { continue }
                state.withLock { _ in flow.roomWaiters.removeAll { $0 === signal } }
                return wake == .cancelled ? .cancelled : .deadline
            }
        }
    }

    @inline(never)
    private func putNow(
        _ letter: Letter,
        on flow: Flow,
        _ expiry: SessionInstant?,
        _ pending: PendingReceipt?
    ) -> Posting {
        stepInline { state, _ in state.put(letter, on: flow, expiry, pending, loop) }
    }
}

extension SessionState {
    fileprivate mutating func put(
        _ letter: Session.Letter,
        on flow: Flow,
        _ expiry: SessionInstant?,
        _ pending: PendingReceipt?,
        _ loop: EventLoop
    ) -> Session.Posting {
        do throws(SessionCommandError) {
            let send =
                if let key = letter.key {
                    try machine.send(letter.bytes, key: key, on: flow.id, expiry: expiry)
                } else {
                    try machine.send(
                        letter.bytes,
                        on: flow.id,
                        expiry: expiry,
                        isLast: letter.isLast
                    )
                }
            counts.sentCount += 1
            if letter.isLast { flow.isFinished = true }
            if let pending {
                pending.send = send
                flow.pending.append(pending, send)
            }
            return .done
        } catch .queueFull {
            let signal = Signal(on: loop)
            flow.roomWaiters.append(signal)
            return .wait(signal)
        } catch {
            return .failed(failure(error, flow))
        }
    }

    /// A command's error, in the application's words.
    func failure(_ error: SessionCommandError, _ flow: Flow?) -> SessionError {
        switch error {
        case .ended, .notAttachedYet:
            SessionError(machine.ending ?? .closed(.closed, text: "this end is closing it"))
        case .answered: .answered(flow?.incomingEnd?.status)
        case .noFlow:
            if let flow, flow.isOurs, flow.kind == .call, let end = flow.incomingEnd,
                !flow.isFinished
            {
                // Its callee has given the rest up, now that the answers are here.
                .answered(end.status)
            } else if let code = flow?.resetCode {
                SessionError(.reset, code)
            } else {
                SessionError(.finished, .closed)
            }
        case .tooManyStreams: SessionError(.failed, .limit)
        case .queueFull: SessionError(.failed, .dropped, "the queue is full")
        case .tooLong:
            SessionError(
                .tooLong,
                .limit,
                "more than the other end takes in one message, name or key"
            )
        }
    }
}
