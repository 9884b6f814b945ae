/// What a session tells its driver.
///
/// Take all of them after each step.
public enum SessionEvent: Hashable, Sendable {
    /// A connection carries the session, from this epoch on.
    case attached(epoch: UInt64, isResumed: Bool, answer: [UInt8])
    /// The connection of an epoch does not carry it any more: close it.
    case detached(epoch: UInt64, DetachCause)
    /// The server will close this connection.
    case draining(Drain)
    /// The other end opened a stream; of a call: the time it has left, in microseconds.
    case opened(StreamID, StreamKind, name: [UInt8], remaining: UInt64?)
    /// There is something to take, where there was nothing.
    case readable(StreamID)
    /// There is room, where a send was refused; or the call is answered, and none is needed.
    case writable(StreamID)
    /// What became of a send.
    case receipt(StreamID, SendID, Receipt)
    /// The stream was ended at once, by the other end or because its time is over; nothing more can be
    /// taken.
    case reset(StreamID, SessionCode)
    /// Everything is settled, and the stream forgotten.
    case closed(StreamID)
    /// The session is over. All receipts have been given before this.
    case ended(SessionEnding)
}

/// Why a connection does not carry its session any more.
public enum DetachCause: Hashable, Sendable {
    /// The transport ended.
    case transportEnded
    /// No sign of life within the stated bound.
    case silent
    /// A newer attachment took over.
    case evicted
    /// The server refuses for now.
    case refused(Refusal)
    /// The session is over.
    case ended
}

/// Why a session is over.
public enum SessionEnding: Hashable, Sendable {
    /// Closed by either end with `BYE`.
    case closed(SessionCode, text: String)
    /// The server does not carry it on.
    case refused(Refusal)
    /// The other end broke a rule.
    case violation(Violation)
    /// The other end says that this end broke a rule.
    case fault(SessionCode, text: String)
    /// No connection for longer than the server keeps a session.
    case expired
    /// This end gave it up without a word.
    case abandoned

    /// The cause given to sends that had no receipt.
    public var code: SessionCode {
        switch self {
        case .closed(let code, _), .fault(let code, _): code
        case .refused(let refusal): refusal.code
        case .violation(let violation): violation.code
        case .expired: .expired
        case .abandoned: .closed
        }
    }
}

/// Why a command was not carried out.
///
/// Nothing has happened then.
public enum SessionCommandError: Error, Hashable, Sendable {
    /// The session is over.
    case ended
    /// The server has not accepted yet.
    case notAttachedYet
    /// The other end holds as many streams as it is willing to.
    case tooManyStreams
    /// No such stream is open, or its flow from this end has ended, or it never had one.
    case noFlow
    /// The callee has ended its answers: it takes no more of the request. Take what it said.
    case answered
    /// The queue is full; ``SessionEvent/writable(_:)`` follows.
    case queueFull
    /// More bytes than the other end takes in one message, name or key.
    case tooLong
}
