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
        for slot in streams.occupied {
            let stream = streams[slot]
            let outgoing = stream.outgoing
            if stream.sends {
                outgoing.checkInvariants()
                unsettled += outgoing.unsettledMessageCount
                if let limits = peerLimits {
                    precondition(outgoing.usedCharge <= limits.windowSize, "credit is kept to")
                    let inRing = ready.contains(stream.id.rawValue)
                    precondition(stream.isReady == inRing, "the ring holds who is ready")
                    let waits = outgoing.canWrite(window: limits.windowSize)
                    precondition(
                        !waits || inRing || stream.resetCode != nil || closing != nil,
                        "who can write has a turn"
                    )
                }
            }
            stream.incoming.checkInvariants(window: settings.limits.windowSize)
            precondition(
                !stream.isDone || stream.resetCode != nil || closing != nil,
                "what is done is forgotten"
            )
        }
        precondition(
            tally.sentCount == tally.deliveredCount + tally.refusedCount + unsettled,
            "every number given is settled or waits to be"
        )
    }
}

extension Outgoing {
    var unsettledMessageCount: UInt64 {
        var count: UInt64 = 0
        for record in records where !record.isSkipped {
            if case .message = record.content { count += 1 }
        }
        return count
    }

    func checkInvariants() {
        precondition(usedCharge == records.reduce(0) { $0 + $1.charge }, "credit adds up")
        precondition(queuedCharge == queue.reduce(0) { $0 + $1.charge }, "the queue adds up")
        var number = settledCount
        for record in records {
            precondition(record.number == number, "numbers follow each other")
            precondition(!record.isSkipped || record.hasReceipt, "who was skipped knows")
            number += record.count
        }
        precondition(number == nextNumber, "the next number follows")
        precondition(isPartial || writtenSize == 0, "only a begun message is written in part")
    }
}

extension Incoming {
    func checkInvariants(window: UInt64) {
        let held = items.reduce(0) { $0 + $1.charge } + (partial?.charge ?? 0)
        precondition(heldCharge == held, "what is held adds up")
        precondition(heldCharge <= window, "no more is held than the window")
        precondition(toldCount <= takenCount && takenCount <= nextNumber, "taken before told")
        precondition(datagrams.count <= Rule.datagramLimit, "datagrams are bounded")
    }
}
