import DequeModule

// Cancelling, giving up, running out of time (§5, §6): what must not run later.

extension SessionMachine {
    /// Withdraws a send.
    ///
    /// What was not written is *not delivered* at once. What was, is settled by the other end, and
    /// the receipt says which came first: its application, or the withdrawal.
    public mutating func cancel(_ send: SendID, on stream: StreamID) {
        guard isOpen, let slot = streams.slot(of: stream.rawValue) else { return }
        let values = streams[slot].outgoing.values.remove { $0.send == send }
        if !values.isEmpty {
            events.append(.receipt(stream, send, .notDelivered(.cancelled)))
            noteReady(slot)
            noteRoom(slot)
        } else if let index = streams[slot].outgoing.queueIndex(of: send) {
            withdrawQueued(index, slot, .cancelled)
        } else if let index = streams[slot].outgoing.recordIndex(of: send) {
            withdrawRecord(index, slot)
        }
    }

    /// Ends both flows of a stream at once.
    ///
    /// What was not written is *not delivered* at once, the rest is settled by the other end's
    /// answer.
    public mutating func reset(_ stream: StreamID, _ code: SessionCode) {
        guard isOpen, let slot = streams.slot(of: stream.rawValue),
            streams[slot].resetCode == nil
        else { return }
        reset(slot, code)
    }

    mutating func reset(_ slot: Int, _ code: SessionCode) {
        dropQueue(slot, .notDelivered(code))
        streams[slot].resetCode = code
        streams[slot].incoming.items.removeAll()
        streams[slot].incoming.partial = nil
        streams[slot].incoming.heldCharge = 0
        streams[slot].incoming.datagrams.removeAll()
        // Whoever gives a stream up with a message in hand says that it has not dealt with it.
        streams[slot].incoming.hashInHand = nil
        streams[slot].incoming.takenCount = streams[slot].incoming.confirmedCount
        let id = streams[slot].id.rawValue
        let taken = streams[slot].incoming.takenCount
        say(.reset(stream: id, code: code, takenCount: taken))
        guard phase != .attached else { return }
        for record in streams[slot].outgoing.records {
            link.withdraw(id, record.positions)
        }
    }

    private mutating func withdrawQueued(_ index: Int, _ slot: Int, _ cause: SessionCode) {
        guard case .message(let send, _, _, _) = streams[slot].outgoing.queue[index] else {
            return
        }
        if index == 0, streams[slot].outgoing.isPartial {
            finishPartial(slot)
            return
        }
        streams[slot].outgoing.removeQueued(at: index)
        events.append(.receipt(streams[slot].id, send, .notDelivered(cause)))
        // What was behind it may be smaller, and fit the window.
        noteReady(slot)
        noteRoom(slot)
    }

    /// Breaks a message off that was written in part: an empty `WITHDRAWN` is its last piece.
    private mutating func finishPartial(_ slot: Int) {
        guard let item = streams[slot].outgoing.queue.first,
            case .message(_, _, _, let endsFlow) = item,
            let last = streams[slot].outgoing.records.indices.last
        else { return }
        let id = streams[slot].id.rawValue
        let header = MessageHeader(stream: id, endsFlow: endsFlow, isWithdrawn: true)
        if closing == nil { link.append(header, [], 0..<0) }
        streams[slot].outgoing.records[last].isWithdrawn = true
        let start = streams[slot].outgoing.records[last].positions.lowerBound
        streams[slot].outgoing.records[last].positions = start..<link.endPosition
        if phase != .attached { link.withdraw(id, start..<link.endPosition) }
        streams[slot].outgoing.endPartial(item)
        noteReady(slot)
    }

    private mutating func withdrawRecord(_ index: Int, _ slot: Int) {
        let record = streams[slot].outgoing.records[index]
        guard !record.isWithdrawn, !record.isSkipped else { return }
        streams[slot].outgoing.records[index].isWithdrawn = true
        let id = streams[slot].id.rawValue
        if phase != .attached { link.withdraw(id, record.positions) }
        say(.cancel(stream: id, number: record.number))
    }

    /// Gives receipts to all whose time has passed, and finds the next such moment.
    mutating func expireSends(_ now: SessionInstant) {
        nextExpiry = nil
        for slot in streams.occupied {
            if streams[slot].isOurs, streams[slot].expiry > 0, streams[slot].resetCode == nil {
                expireStream(slot, SessionInstant(microseconds: streams[slot].expiry), now)
            }
            expireRecords(slot, now)
            expireQueue(slot, now)
        }
    }

    /// A call of ours whose time has passed is given up, with the receipts it has not had.
    private mutating func expireStream(_ slot: Int, _ expiry: SessionInstant, _ now: SessionInstant)
    {
        guard expiry <= now else {
            noteExpiry(expiry)
            return
        }
        for index in 0..<streams[slot].outgoing.records.count { expireRecord(index, slot) }
        reset(slot, .deadline)
        events.append(.reset(streams[slot].id, .deadline))
    }

    private mutating func expireRecords(_ slot: Int, _ now: SessionInstant) {
        for index in 0..<streams[slot].outgoing.records.count {
            let record = streams[slot].outgoing.records[index]
            guard let expiry = record.expiry, !record.hasReceipt else { continue }
            if expiry > now {
                noteExpiry(expiry)
                continue
            }
            expireRecord(index, slot)
            if streams[slot].outgoing.isPartial,
                index + 1 == streams[slot].outgoing.records.count
            {
                finishPartial(slot)
            } else if streams[slot].resetCode == nil {
                withdrawRecord(index, slot)
            }
        }
    }

    private mutating func expireRecord(_ index: Int, _ slot: Int) {
        let record = streams[slot].outgoing.records[index]
        guard !record.hasReceipt, case .message(let send) = record.content else { return }
        streams[slot].outgoing.records[index].hasReceipt = true
        events.append(.receipt(streams[slot].id, send, .unknown(.deadline)))
    }

    private mutating func expireQueue(_ slot: Int, _ now: SessionInstant) {
        var index = streams[slot].outgoing.isPartial ? 1 : 0
        while index < streams[slot].outgoing.queue.count {
            guard case .message(_, _, let expiry?, _) = streams[slot].outgoing.queue[index]
            else {
                index += 1
                continue
            }
            if expiry > now {
                noteExpiry(expiry)
                index += 1
            } else {
                withdrawQueued(index, slot, .deadline)
            }
        }
        let id = streams[slot].id
        let late = streams[slot].outgoing.values.remove { $0.expiry.map { $0 <= now } ?? false }
        for send in late {
            events.append(.receipt(id, send, .notDelivered(.deadline)))
        }
        if let next = streams[slot].outgoing.values.earliestExpiry { noteExpiry(next) }
        noteReady(slot)
        noteRoom(slot)
    }
}

extension Outgoing {
    /// The first item of the queue, written in part so far, is complete.
    mutating func endPartial(_ item: QueuedItem) {
        isPartial = false
        writtenSize = 0
        queue.removeFirst()
        queuedCharge -= item.charge
        if case .message(_, _, _, true) = item { isEndWritten = true }
    }
}
