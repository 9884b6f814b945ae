import DequeModule

// Frames that fill the flows into this end (§6).

extension SessionMachine {
    mutating func receiveOpen(
        _ id: UInt64,
        _ kind: StreamKind,
        _ expiry: UInt64,
        _ name: [UInt8],
        now: SessionInstant
    ) throws(Violation) {
        guard id == nextTheirs else {
            throw Violation(.wrongState, "a stream is opened that is not the next")
        }
        guard streams.theirCount < settings.limits.streamLimit else {
            throw Violation(.limit, "more streams are open than this end holds")
        }
        nextTheirs += 2
        streams.insert(StreamState(StreamID(id), kind, isOurs: false, expiry: expiry))
        let remaining = expiry > 0 ? peerClock.remaining(until: expiry, at: now) : nil
        events.append(.opened(StreamID(id), kind, name: name, remaining: remaining))
    }

    /// Where a stream is that messages may come in on; nil: they are to be passed over.
    private mutating func receivingSlot(_ id: UInt64) throws(Violation) -> Int? {
        guard let slot = streams.slot(of: id) else {
            guard wasOpened(id) else { throw .neverOpened }
            return nil
        }
        guard streams[slot].receives, !streams[slot].incoming.hasEnded else {
            if streams[slot].resetCode != nil { return nil }
            throw Violation(.wrongState, "a flow that has ended, or that never was, goes on")
        }
        return streams[slot].resetCode == nil ? slot : nil
    }

    private func wasOpened(_ id: UInt64) -> Bool {
        id < (id % 2 == nextOurs % 2 ? nextOurs : nextTheirs)
    }

    mutating func receiveMessage(
        _ header: MessageHeader,
        _ payload: RawSpan,
        now: SessionInstant
    ) throws(Violation) {
        guard let slot = try receivingSlot(header.stream) else { return }
        guard streams[slot].kind != .datagram else {
            throw Violation(.wrongState, "a MESSAGE in a stream of datagrams")
        }
        let added = try streams[slot].incoming.add(header, payload, settings.limits)
        if case .void(let number, let cause) = added {
            say(.skipped(stream: header.stream, number: number, cause: cause))
        }
        if added != .piece { noteArrival(slot, now) }
        if streams[slot].incoming.hasEnded { noteOutcome(slot) }
    }

    mutating func receiveGap(
        _ id: UInt64,
        _ count: UInt64,
        _ cause: SessionCode,
        _ place: [UInt8],
        now: SessionInstant
    ) throws(Violation) {
        guard let slot = try receivingSlot(id) else { return }
        try receiveItem(slot, now) { number in
            .gap(Gap(first: number, count: count, cause: cause, place: place))
        }
    }

    mutating func receiveEnd(
        _ id: UInt64,
        _ status: SessionCode,
        _ detail: [UInt8],
        now: SessionInstant
    ) throws(Violation) {
        guard let slot = try receivingSlot(id) else { return }
        try receiveItem(slot, now) { number in .end(number: number, status, detail: detail) }
        streams[slot].incoming.hasEnded = true
        noteOutcome(slot)
    }

    private mutating func receiveItem(
        _ slot: Int,
        _ now: SessionInstant,
        _ make: (UInt64) -> ReceivedItem
    ) throws(Violation) {
        guard streams[slot].incoming.partial == nil else {
            throw Violation(.wrongState, "a message is broken off")
        }
        let item = make(streams[slot].incoming.nextNumber)
        let held = streams[slot].incoming.heldCharge + item.charge
        guard held <= settings.limits.windowSize else { throw .window }
        guard item.endNumber <= Varint.greatest else { throw .numbersUsedUp }
        streams[slot].incoming.heldCharge = held
        streams[slot].incoming.nextNumber = item.endNumber
        streams[slot].incoming.items.append(item)
        noteArrival(slot, now)
    }

    /// Something complete came: it is passed over, or the application is told.
    private mutating func noteArrival(_ slot: Int, _ now: SessionInstant) {
        if streams[slot].incoming.discardCause != nil {
            discardItems(slot, now)
        } else {
            noteReadable(slot)
        }
    }

    /// The end of a call's answers has come: who waits for room for more of its request need not.
    private mutating func noteOutcome(_ slot: Int) {
        guard streams[slot].wantsRoom, streams[slot].isAnswered else { return }
        streams[slot].wantsRoom = false
        events.append(.writable(streams[slot].id))
    }

    mutating func receiveCancel(_ id: UInt64, _ number: UInt64) throws(Violation) {
        guard let slot = streams.slot(of: id) else {
            guard wasOpened(id) else { throw .neverOpened }
            return
        }
        guard streams[slot].receives else {
            throw Violation(.wrongState, "a CANCEL of what this end sends")
        }
        guard number >= streams[slot].incoming.takenCount,
            let index = streams[slot].incoming.itemIndex(of: number),
            case .message(var message) = streams[slot].incoming.items[index],
            message.voidCause == nil
        else { return }
        message.voidCause = .cancelled
        message.payload = []
        streams[slot].incoming.items[index] = .message(message)
        say(.skipped(stream: id, number: number, cause: .cancelled))
    }

    mutating func receiveDatagram(
        _ id: UInt64,
        _ number: UInt64,
        _ payload: [UInt8]
    ) throws(Violation) {
        // It may have overtaken its OPEN, or its stream may be gone.
        guard let slot = streams.slot(of: id), streams[slot].resetCode == nil else { return }
        guard streams[slot].kind == .datagram, !streams[slot].isOurs else {
            throw Violation(.wrongState, "a DATAGRAM in a stream of another kind")
        }
        guard !streams[slot].incoming.hasEnded,
            payload.count <= settings.limits.messageSizeLimit
        else { return }
        streams[slot].incoming.addDatagram(number, payload)
        noteReadable(slot)
    }

    /// Tells the application when there is something to take where there was nothing.
    private mutating func noteReadable(_ slot: Int) {
        guard streams[slot].incoming.waitsToBeTold else { return }
        streams[slot].incoming.waitsToBeTold = false
        events.append(.readable(streams[slot].id))
    }
}

extension Violation {
    static let neverOpened = Violation(.wrongState, "a stream that was never opened")
    static let window = Violation(.limit, "more is unsettled than the window holds")
    static let numbersUsedUp = Violation(.malformed, "a flow has used up its numbers")
}
