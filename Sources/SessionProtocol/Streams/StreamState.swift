/// One stream at one end.
struct StreamState: Sendable {
    let id: StreamID
    let kind: StreamKind
    let isOurs: Bool
    /// Of a call: the moment on the opener's clock when both ends give it up.
    let expiry: UInt64
    /// What its sender does when its queue is full.
    var overflow = Overflow.refuse
    /// The flow out of this end, if it ``sends``.
    var outgoing = Outgoing()
    /// The flow into this end, if it ``receives``.
    var incoming = Incoming()
    let sends: Bool
    let receives: Bool
    /// `RESET` was sent, and the answer is awaited.
    var resetCode: SessionCode?
    /// It is in the ring of those with something to write.
    var isReady = false
    /// A send was refused, and the application waits to hear of room.
    var wantsRoom = false

    init(_ id: StreamID, _ kind: StreamKind, isOurs: Bool, expiry: UInt64) {
        self.id = id
        self.kind = kind
        self.isOurs = isOurs
        self.expiry = expiry
        sends = isOurs || kind == .call
        receives = !isOurs || kind == .call
    }

    /// It is a call of ours whose answers have all come: nothing more is asked of the callee (§6).
    var isAnswered: Bool { isOurs && kind == .call && incoming.hasEnded }

    /// Both flows have ended and are settled, and the other end knows.
    var isDone: Bool { (!sends || outgoing.isDone) && (!receives || incoming.isDone) }
}

/// What a sender does with a message for which its queue has no room.
public enum Overflow: Hashable, Sendable {
    /// `send` says so, and ``SessionEvent/writable(_:)`` follows: backpressure.
    case refuse
    /// The oldest is dropped; the receiver sees a gap in its place.
    case dropOldest
}
