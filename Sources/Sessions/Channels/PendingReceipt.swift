public import SessionProtocol
internal import Sockets

/// A send whose receipt is still to come.
///
/// ```swift
/// var sends: [PendingReceipt] = []
/// for line in lines { sends.append(try await log.enqueue(line)) }
/// for send in sends where await send.receipt() != .delivered { … }
/// ```
/// Letting go of it changes nothing for the message.
public final class PendingReceipt: @unchecked Sendable {
    // "@unchecked": `session` and `flow` are immutable; the rest is touched only under the session's
    // lock.

    private let session: Session
    private let flow: Flow?
    var send: SendID?
    private var outcome: Receipt?
    private var waiters: [Signal] = []

    init(_ session: Session, _ flow: Flow?, outcome: Receipt? = nil) {
        self.session = session
        self.flow = flow
        self.outcome = outcome
    }

    /// The receipt, if it has come.
    public var receiptIfReady: Receipt? { session.state.withLock { _ in outcome } }

    /// Withdraws the message.
    ///
    /// What was not handed to a transport is *not delivered* at once; what was, is settled by the other
    /// end, and its receipt says what came first. Harmless later.
    public func cancel() {
        session.step { state, _ in withdraw(&state) }
    }

    /// Waits for the receipt.
    ///
    /// Deadlines are the message's own: given when it was sent, they end in a receipt. Cancelling the
    /// waiting task withdraws the message and waits for what the other end says, which is one round
    /// trip; without a connection that is `unknown(.cancelled)` at once, if the message was ever handed
    /// to one.
    public func receipt() async -> Receipt {
        var isCancelled = false
        while true {
            let signal: Signal? = session.step { state, aftermath in
                if isCancelled { withdraw(&state) }
                guard outcome == nil else { return nil }
                let signal = Signal(on: session.loop)
                waiters.append(signal)
                guard isCancelled else { return signal }
                if state.machine.isAttached {
                    state.noteWithdrawn(self)
                } else {
                    // After the events of the withdrawal, which may say more.
                    state.giveUpWithdrawn(self, &aftermath)
                }
                return signal
            }
            guard let signal else { break }
            let wake = await signal.wait(until: .never, heedsCancellation: !isCancelled)
            if wake == .cancelled { isCancelled = true }
        }
        return session.state.withLock { _ in outcome } ?? .unknown(.failed)
    }

    /// The receipt has come.
    ///
    /// Under the lock.
    func settle(_ receipt: Receipt, _ aftermath: inout Aftermath) {
        guard outcome == nil else { return }
        outcome = receipt
        aftermath.wake(&waiters)
    }

    /// The connection is gone, and the task that asks was cancelled.
    ///
    /// Under the lock.
    func giveUp(_ aftermath: inout Aftermath) { settle(.unknown(.cancelled), &aftermath) }

    /// Under the lock.
    fileprivate var isSettled: Bool { outcome != nil }

    private func withdraw(_ state: inout SessionState) {
        guard outcome == nil, let send, let flow else { return }
        state.machine.cancel(send, on: flow.id)
    }
}

extension SessionState {
    /// Remembers one that waits for the other end's word, and forgets those that have it, each time
    /// their number has doubled.
    fileprivate mutating func noteWithdrawn(_ pending: PendingReceipt) {
        if withdrawn.count >= withdrawnLimit {
            withdrawn.removeAll(where: \.isSettled)
            withdrawnLimit = max(64, withdrawn.count * 2)
        }
        withdrawn.append(pending)
    }

    /// Tells a task that was cancelled what is known without a connection.
    fileprivate mutating func giveUpWithdrawn(
        _ pending: PendingReceipt,
        _ aftermath: inout Aftermath
    ) {
        settle(&aftermath)
        pending.giveUp(&aftermath)
    }
}
