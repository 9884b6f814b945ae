// A callee that has ended its answers and takes no more of the request (§6).

extension SessionMachine {
    /// Passes over what came of a call's request and was not taken, and what still comes.
    ///
    /// Each such message is skipped, so that its sender hears that it was not taken, and its credit goes
    /// back: a caller that is still sending never waits for who has answered. Only for a call of the other
    /// end whose answers this end has finished; otherwise nothing happens.
    public mutating func discardRequest(
        of stream: StreamID,
        _ cause: SessionCode = .closed,
        now: SessionInstant
    ) {
        guard isOpen, let slot = streams.slot(of: stream.rawValue),
            streams[slot].kind == .call, !streams[slot].isOurs, streams[slot].resetCode == nil,
            streams[slot].outgoing.isFinished, streams[slot].incoming.discardCause == nil
        else { return }
        streams[slot].incoming.discardCause = cause
        if streams[slot].incoming.hashInHand != nil { skipInHand(slot, cause, now) }
        streams[slot].incoming.discardPartial()
        discardItems(slot, now)
    }

    /// Skips everything that is complete.
    ///
    /// Not behind our `BYE`: nothing more can be said then, and what is not said to be skipped would count as
    /// taken. The other end settles it as not delivered when it reads the `BYE`.
    mutating func discardItems(_ slot: Int, _ now: SessionInstant) {
        guard closing == nil, !streams[slot].incoming.items.isEmpty else { return }
        let cause = streams[slot].incoming.discardCause ?? .closed
        while let item = streams[slot].incoming.items.first {
            // Of one that is void the other end has heard already.
            if case .message(let message) = item, message.voidCause == nil {
                let id = streams[slot].id.rawValue
                say(.skipped(stream: id, number: message.number, cause: cause))
            }
            streams[slot].incoming.removeFirst()
        }
        streams[slot].incoming.confirmedCount = streams[slot].incoming.takenCount
        noteToTell(slot, now)
    }

    /// The application has not dealt with the message it was given last, and will not.
    private mutating func skipInHand(_ slot: Int, _ cause: SessionCode, _ now: SessionInstant) {
        let number = streams[slot].incoming.confirmedCount
        say(.skipped(stream: streams[slot].id.rawValue, number: number, cause: cause))
        streams[slot].incoming.hashInHand = nil
        streams[slot].incoming.confirmedCount = streams[slot].incoming.takenCount
        noteToTell(slot, now)
    }
}

extension Incoming {
    /// The message whose next piece is awaited will not be taken; none of its bytes are kept.
    fileprivate mutating func discardPartial() {
        guard partial?.voidCause == nil else { return }
        partial?.voidCause = discardCause
        partial?.payload = []
    }
}
