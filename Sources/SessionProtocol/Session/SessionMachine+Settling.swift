import DequeModule

// What the other end says of what this end sent: each number is settled once (§6).

extension SessionMachine {
    /// Where a stream is whose flow leaves this end; nil: it is forgotten.
    private mutating func sendingSlot(_ id: UInt64) throws(Violation) -> Int? {
        guard let slot = streams.slot(of: id) else {
            guard id < (id % 2 == nextOurs % 2 ? nextOurs : nextTheirs) else {
                throw .neverOpened
            }
            return nil
        }
        guard streams[slot].sends else {
            throw Violation(.wrongState, "an answer to what this end does not send")
        }
        return slot
    }

    mutating func receiveTaken(_ id: UInt64, _ count: UInt64) throws(Violation) {
        guard let slot = try sendingSlot(id) else { return }
        try settle(slot, through: count)
        forgetIfDone(slot)
    }

    /// All numbers below `count` are settled: what was not skipped was delivered.
    private mutating func settle(_ slot: Int, through count: UInt64) throws(Violation) {
        guard count >= streams[slot].outgoing.settledCount,
            count <= streams[slot].outgoing.completeCount
        else { throw Violation(.malformed, "TAKEN counts what was not sent, or less than before") }
        while let record = streams[slot].outgoing.records.first, record.number < count {
            guard record.number + record.count <= count else {
                throw Violation(.malformed, "TAKEN ends within a gap")
            }
            streams[slot].outgoing.records.removeFirst()
            settled(record, slot)
            guard case .message(let send) = record.content, !record.isSkipped else { continue }
            tally.deliver(record.hash)
            if !record.hasReceipt {
                events.append(.receipt(streams[slot].id, send, .delivered))
            }
        }
        noteReady(slot)
    }

    private mutating func settled(_ record: SentRecord, _ slot: Int) {
        streams[slot].outgoing.usedCharge -= record.charge
        if streams[slot].kind == .state {
            streams[slot].outgoing.values.settled(record.number)
        }
    }

    mutating func receiveSkipped(
        _ id: UInt64,
        _ number: UInt64,
        _ cause: SessionCode
    ) throws(Violation) {
        guard let slot = try sendingSlot(id) else { return }
        guard number < streams[slot].outgoing.completeCount,
            let index = streams[slot].outgoing.recordIndex(holding: number)
        else { throw .settledTwice }
        let record = streams[slot].outgoing.records[index]
        guard case .message(let send) = record.content, !record.isSkipped else {
            throw .settledTwice
        }
        streams[slot].outgoing.records[index].isSkipped = true
        streams[slot].outgoing.records[index].hasReceipt = true
        tally.refuse()
        if !record.hasReceipt {
            events.append(.receipt(streams[slot].id, send, .notDelivered(cause)))
        }
    }

    mutating func receiveReset(
        _ id: UInt64,
        _ code: SessionCode,
        _ takenCount: UInt64,
        now: SessionInstant
    ) throws(Violation) {
        guard let slot = streams.slot(of: id) else {
            guard id < (id % 2 == nextOurs % 2 ? nextOurs : nextTheirs) else {
                throw .neverOpened
            }
            return
        }
        if streams[slot].sends { try settle(slot, through: takenCount) }
        settleAll(slot, code)
        if streams[slot].resetCode == nil {
            confirm(slot, now)
            let taken = streams[slot].incoming.takenCount
            say(.reset(stream: id, code: code, takenCount: taken))
            events.append(.reset(streams[slot].id, code))
        }
        forget(slot)
    }

    /// Whatever is not settled is settled as not delivered; what waited is not sent.
    mutating func settleAll(_ slot: Int, _ code: SessionCode) {
        let receipt = Receipt.notDelivered(code)
        let records = streams[slot].outgoing.records
        streams[slot].outgoing.records.removeAll()
        streams[slot].outgoing.usedCharge = 0
        let id = streams[slot].id
        for record in records {
            guard case .message(let send) = record.content else { continue }
            if !record.isSkipped { tally.refuse() }
            if !record.hasReceipt { events.append(.receipt(id, send, receipt)) }
        }
        dropQueue(slot, receipt)
    }

    /// What waits to be written is not sent.
    mutating func dropQueue(_ slot: Int, _ receipt: Receipt) {
        let queue = streams[slot].outgoing.queue
        streams[slot].outgoing.queue.removeAll()
        streams[slot].outgoing.queuedCharge = 0
        for (index, item) in queue.enumerated() {
            // The first may be written in part: then its number is settled like the others'.
            if index == 0, streams[slot].outgoing.isPartial { continue }
            guard case .message(let send, _, _, _) = item else { continue }
            events.append(.receipt(streams[slot].id, send, receipt))
        }
        dropDatagrams(slot)
        let values = streams[slot].outgoing.values.remove { _ in true }
        for send in values { events.append(.receipt(streams[slot].id, send, receipt)) }
    }

    /// Forgets a stream when both flows have ended, are settled, and the other end knows.
    mutating func forgetIfDone(_ slot: Int) {
        if streams[slot].isDone { forget(slot) }
    }

    private mutating func forget(_ slot: Int) {
        events.append(.closed(streams[slot].id))
        streams.remove(slot)
    }
}

extension Violation {
    static let settledTwice = Violation(.malformed, "SKIPPED for what was not sent, or is settled")
}
