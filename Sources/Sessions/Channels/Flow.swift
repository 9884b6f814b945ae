internal import SessionProtocol
internal import Sockets

/// A stream as the application sees it: who waits there, and for what.
///
/// "@unchecked": what changes is touched only under the session's lock.
final class Flow: @unchecked Sendable {
    let id: StreamID
    let kind: StreamKind
    let name: WireName
    let isOurs: Bool
    /// Of a call of the other end: the time it had left when it came, in microseconds.
    let remaining: UInt64?

    /// Sends whose receipts somebody has asked for.
    var pending = PendingReceipts()
    /// Who waits for room in the queue.
    var roomWaiters: [Signal] = []
    /// Who waits for something to take.
    var reader: Signal?
    /// Who waits for its end.
    var endWaiters: [Signal] = []

    /// It was put where the application finds it.
    var isAnnounced = false
    /// Either end gave it up, and why.
    var resetCode: SessionCode?
    /// How the flow into this end has ended, once the application was told.
    var incomingEnd: (status: SessionCode, detail: String)?
    /// Nobody takes what still comes: it is passed over.
    var isDiscarded = false
    /// This end has ended the flow out of it.
    var isFinished = false
    /// Nothing is left to happen.
    var isForgotten = false

    init(
        _ id: StreamID,
        _ kind: StreamKind,
        name: [UInt8],
        isOurs: Bool,
        _ remaining: UInt64? = nil
    ) {
        self.id = id
        self.kind = kind
        self.name = WireName(bytes: name)
        self.isOurs = isOurs
        self.remaining = remaining
    }

    /// Its name as text; what is not UTF-8 is replaced.
    var text: String { name.text }

    /// Lets everyone who waits here look again.
    func wakeAll(_ aftermath: inout Aftermath) {
        aftermath.wake(&reader)
        aftermath.wake(&roomWaiters)
        aftermath.wake(&endWaiters)
    }
}
