import DequeModule

// What the application takes: the moment at which a message counts as delivered (§6).

extension SessionMachine {
    /// The next message, or what stands in its place; nil if there is nothing now.
    ///
    /// What is given here is settled: a message that was cancelled, or whose time has passed, is
    /// not given any more. After nil, ``SessionEvent/readable(_:)`` tells when to take again.
    ///
    /// A message that stays in hand counts as taken only when ``confirm(_:now:)`` says so, or the next is
    /// asked for; or when the other end gives the stream up or closes the session before that, because
    /// nobody can take it back. It is not taken if this end does either, or crashes.
    public mutating func take(
        from stream: StreamID,
        now: SessionInstant,
        staysInHand: Bool = false
    ) -> Taken? {
        guard isOpen, let slot = streams.slot(of: stream.rawValue),
            streams[slot].receives, streams[slot].resetCode == nil
        else { return nil }
        if streams[slot].incoming.hashInHand != nil { confirm(slot, now) }
        let expiry = streams[slot].expiry
        if expiry > 0, !streams[slot].isOurs, !peerClock.isBefore(expiry, at: now) {
            reset(slot, .deadline)
            // Who sends its answer has to hear of it too, and not only when the other end has answered.
            events.append(.reset(stream, .deadline))
            return nil
        }
        if streams[slot].kind == .datagram, let datagram = takeDatagram(slot) { return datagram }
        return takeItem(slot, now: now, staysInHand)
    }

    /// The application has dealt with what it was given last.
    public mutating func confirm(_ stream: StreamID, now: SessionInstant) {
        guard isOpen, let slot = streams.slot(of: stream.rawValue) else { return }
        confirm(slot, now)
    }

    /// Whether a message of a stream was given and does not count as taken yet.
    package mutating func isInHand(_ stream: StreamID) -> Bool {
        streams.slot(of: stream.rawValue).map { streams[$0].incoming.hashInHand != nil } ?? false
    }

    mutating func confirm(_ slot: Int, _ now: SessionInstant) {
        guard let hash = streams[slot].incoming.hashInHand else { return }
        tally.take(hash)
        streams[slot].incoming.hashInHand = nil
        streams[slot].incoming.confirmedCount = streams[slot].incoming.takenCount
        noteToTell(slot, now)
    }

    private mutating func takeItem(
        _ slot: Int,
        now: SessionInstant,
        _ staysInHand: Bool
    ) -> Taken? {
        guard let item = streams[slot].incoming.items.first else {
            streams[slot].incoming.waitsToBeTold = true
            return nil
        }
        let taken: Taken
        switch item {
        case .gap(let gap):
            taken = .gap(gap)
        case .end(_, let status, let detail):
            taken = .end(status: status, detail: detail)
        case .message(let message):
            guard let cause = voidCause(of: message, slot, now) else {
                taken = takeMessage(message, slot, staysInHand)
                break
            }
            let gap = Gap(first: message.number, count: 1, cause: cause, place: [])
            if message.isLast {
                // Two things to be told with one number: it stays until the second is.
                let end = ReceivedItem.end(number: message.number, .ok, detail: [])
                streams[slot].incoming.items[0] = end
                streams[slot].incoming.replacedCharge(message.charge, end.charge)
                return .gap(gap)
            }
            taken = .gap(gap)
        }
        streams[slot].incoming.removeFirst()
        if streams[slot].incoming.hashInHand == nil {
            streams[slot].incoming.confirmedCount = streams[slot].incoming.takenCount
            noteToTell(slot, now)
        }
        return taken
    }

    private mutating func voidCause(
        of message: ReceivedMessage,
        _ slot: Int,
        _ now: SessionInstant
    ) -> SessionCode? {
        if let cause = message.voidCause { return cause }
        guard let expiry = message.expiry, !peerClock.isBefore(expiry, at: now) else {
            return nil
        }
        let id = streams[slot].id.rawValue
        say(.skipped(stream: id, number: message.number, cause: .deadline))
        return .deadline
    }

    private mutating func takeMessage(
        _ message: ReceivedMessage,
        _ slot: Int,
        _ staysInHand: Bool
    ) -> Taken {
        let id = streams[slot].id.rawValue
        let hash = CRC32.hash(stream: id, number: message.number, message.payload)
        if staysInHand {
            streams[slot].incoming.hashInHand = hash
        } else {
            tally.take(hash)
        }
        if streams[slot].kind == .state, let value = Taken(value: message.payload) {
            return value
        }
        return .message(
            number: message.number,
            payload: message.payload,
            isLast: message.isLast
        )
    }

    private mutating func takeDatagram(_ slot: Int) -> Taken? {
        guard let next = streams[slot].incoming.datagrams.first else { return nil }
        let expected = streams[slot].incoming.takenDatagram
        if next.number > expected {
            streams[slot].incoming.takenDatagram = next.number
            return .gap(
                Gap(
                    first: expected,
                    count: next.number - expected,
                    cause: .dropped,
                    place: []
                )
            )
        }
        streams[slot].incoming.datagrams.removeFirst()
        streams[slot].incoming.takenDatagram = next.number + 1
        return .message(number: next.number, payload: next.payload, isLast: false)
    }

    /// `TAKEN` is owed: at once for logs and states, for calls with other output or a little
    /// later, unless credit or streams run short without it.
    mutating func noteToTell(_ slot: Int, _ now: SessionInstant) {
        let ourLimit = peerLimits?.streamLimit ?? 0
        let isUrgent =
            streams[slot].kind != .call
            || streams[slot].incoming.untoldCharge >= settings.limits.windowSize / 2
            || streams.ourCount >= ourLimit / 2
            || streams.theirCount >= settings.limits.streamLimit / 2
        if isUrgent { tellsAtOnce = true }
        guard !streams[slot].incoming.isListed else { return }
        streams[slot].incoming.isListed = true
        toTell.append(streams[slot].id.rawValue)
        if !tellsAtOnce, tellDue == nil {
            tellDue = now.advanced(byMicroseconds: Rule.acknowledgementDelay)
        }
    }

    /// Writes the `TAKEN` that are owed.
    mutating func tellTaken() {
        guard closing == nil else { return }
        tellsAtOnce = false
        tellDue = nil
        for id in toTell {
            guard let slot = streams.slot(of: id), streams[slot].incoming.isListed else {
                continue
            }
            streams[slot].incoming.isListed = false
            let count = streams[slot].incoming.confirmedCount
            guard streams[slot].incoming.toldCount < count, streams[slot].resetCode == nil else {
                continue
            }
            streams[slot].incoming.toldCount = count
            streams[slot].incoming.untoldCharge = 0
            say(.taken(stream: id, count: count))
            forgetIfDone(slot)
        }
        toTell.removeAll(keepingCapacity: true)
    }
}

extension Incoming {
    /// The first item was given to the application, or to nobody.
    mutating func removeFirst() {
        guard let item = items.popFirst() else { return }
        heldCharge -= item.charge
        untoldCharge += item.charge
        takenCount = item.endNumber
    }

    fileprivate mutating func replacedCharge(_ old: UInt64, _ new: UInt64) {
        heldCharge -= old - new
        untoldCharge += old - new
    }
}

extension Taken {
    /// A value of a state, from its message: `replaced | key bytes | value`.
    fileprivate init?(value payload: [UInt8]) {
        var reader = FieldReader(0..<payload.count)
        let bytes = payload.rawSpan
        guard let replaced = try? reader.number(bytes),
            let key = try? reader.field(bytes, limit: WireLimit.name)
        else { return nil }
        self = .value(key: key, payload: reader.rest(bytes), replacedCount: replaced)
    }
}
