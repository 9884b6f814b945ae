import DequeModule

extension SessionMachine {
    /// Traps, with a sentence, unless everything this end knows agrees with itself.
    ///
    /// For tests, after each step: it walks all streams and all that is retained.
    public func checkInvariants() {
        link.checkInvariants()
        precondition(reception.toldCount <= reception.count, "only what was received is told")
        guard ending == nil else {
            precondition(streams.count == 0, "a session that is over has no streams")
            return
        }
        precondition(streams.theirCount <= settings.limits.streamLimit, "streams are bounded")
        var unsettled: UInt64 = 0
        streams.withEach { stream in
            unsettled += stream.checkInvariants(
                settings.limits,
                peerLimits,
                ready,
                isClosing: closing != nil
            )
        }
        precondition(
            tally.sentCount == tally.deliveredCount + tally.refusedCount + unsettled,
            "every number given is settled or waits to be"
        )
    }
}

extension StreamState {
    // "borrowing", and no iterators here: simulations spend most of their time in this file, and most of
    // that in copies otherwise.

    /// Gives how many of its messages have a number and are not settled.
    fileprivate borrowing func checkInvariants(
        _ limits: SessionLimits,
        _ peerLimits: SessionLimits?,
        _ ready: Deque<UInt64>,
        isClosing: Bool
    ) -> UInt64 {
        let unsettled = outgoing.checkInvariants()
        incoming.checkInvariants(window: limits.windowSize)
        let isLeaving = resetCode != nil || isClosing
        precondition(!isDone || isLeaving, "what is done is forgotten")
        precondition(isReady == ready.contains(id.rawValue), "the ring holds who is ready")
        guard sends, let window = peerLimits?.windowSize else { return unsettled }
        precondition(outgoing.usedCharge <= window, "credit is kept to")
        precondition(
            !outgoing.canWrite(window: window) || isReady || isLeaving,
            "who can write has a turn"
        )
        return unsettled
    }
}

extension Outgoing {
    /// Gives how many messages have a number and are not settled.
    fileprivate borrowing func checkInvariants() -> UInt64 {
        var number = settledCount
        var charge: UInt64 = 0
        var unsettled: UInt64 = 0
        for index in 0..<records.count {
            let record = records[index]
            precondition(record.number == number, "numbers follow each other")
            precondition(!record.isSkipped || record.hasReceipt, "who was skipped knows")
            number += record.count
            charge += record.charge
            if !record.isSkipped, case .message = record.content { unsettled += 1 }
        }
        precondition(number == nextNumber, "the next number follows")
        precondition(usedCharge == charge, "credit adds up")
        var queued: UInt64 = 0
        for index in 0..<queue.count { queued += queue[index].charge }
        precondition(queuedCharge == queued, "the queue adds up")
        precondition(isPartial || writtenSize == 0, "only a begun message is written in part")
        return unsettled
    }
}

extension Incoming {
    fileprivate borrowing func checkInvariants(window: UInt64) {
        var held = partial?.charge ?? 0
        for index in 0..<items.count { held += items[index].charge }
        precondition(heldCharge == held, "what is held adds up")
        precondition(heldCharge <= window, "no more is held than the window")
        precondition(toldCount <= confirmedCount && takenCount <= nextNumber, "taken before told")
        precondition(
            confirmedCount == (hashInHand == nil ? takenCount : takenCount - 1),
            "all that was given counts, but for the one in hand"
        )
        precondition(datagrams.count <= Rule.datagramLimit, "datagrams are bounded")
    }
}
