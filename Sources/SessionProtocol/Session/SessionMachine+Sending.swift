import DequeModule

// What the application sends. Nothing is written here: that is the output's business (§7).

extension SessionMachine {
    /// Opens a stream for this end to send on; of a call, also to receive on.
    ///
    /// A call with an `expiry` is given up by both ends then.
    public mutating func open(
        _ kind: StreamKind,
        name: [UInt8],
        expiry: SessionInstant? = nil,
        overflow: Overflow = .refuse
    ) throws(SessionCommandError) -> StreamID {
        guard isOpen else { throw .ended }
        guard let peerLimits else { throw .notAttachedYet }
        guard name.count <= WireLimit.name else { throw .tooLong }
        guard streams.ourCount < peerLimits.streamLimit, nextOurs <= Varint.greatest - 2 else {
            throw .tooManyStreams
        }
        let id = StreamID(nextOurs)
        nextOurs += 2
        let wireExpiry = expiry.map { max($0.microseconds, 1) } ?? 0
        var stream = StreamState(id, kind, isOurs: true, expiry: wireExpiry)
        stream.overflow = overflow
        streams.insert(stream)
        say(.open(stream: id.rawValue, kind: kind, expiry: wireExpiry, name: name))
        if let expiry { noteExpiry(expiry) }
        return id
    }

    /// Sends a message, or a datagram; its receipt follows as an event.
    ///
    /// From `expiry` on it is not taken any more. The last one ends the flow behind it.
    public mutating func send(
        _ payload: [UInt8],
        on stream: StreamID,
        expiry: SessionInstant? = nil,
        isLast: Bool = false
    ) throws(SessionCommandError) -> SendID {
        let slot = try flow(stream, payload.count)
        guard streams[slot].kind != .state else { throw .noFlow }
        if streams[slot].kind == .datagram { return try sendDatagram(payload, slot) }
        let charge = UInt64(payload.count + Rule.messageCharge)
        try makeRoom(slot, charge)
        let send = nextSend()
        streams[slot].outgoing.queue.append(
            .message(send, payload: payload, expiry: expiry, endsFlow: isLast)
        )
        streams[slot].outgoing.queuedCharge += charge
        if isLast { streams[slot].outgoing.isFinished = true }
        if let expiry { noteExpiry(expiry) }
        noteReady(slot)
        return send
    }

    /// Sends the latest value of a key; one that still waits is replaced, and its receipt says so.
    public mutating func send(
        _ payload: [UInt8],
        key: [UInt8],
        on stream: StreamID,
        expiry: SessionInstant? = nil
    ) throws(SessionCommandError) -> SendID {
        // On the wire the key and two numbers stand before the value.
        let slot = try flow(stream, payload.count + key.count + 10)
        guard streams[slot].kind == .state else { throw .noFlow }
        guard key.count <= WireLimit.name else { throw .tooLong }
        let isFull =
            UInt64(streams[slot].outgoing.values.size) >= settings.queueSizeLimit
            || streams[slot].outgoing.values.count >= settings.queueCountLimit
        guard !isFull || streams[slot].outgoing.values.isWaiting(key) else {
            streams[slot].wantsRoom = true
            throw .queueFull
        }
        let send = nextSend()
        let value = ValueQueue.Value(
            send: send,
            payload: payload,
            expiry: expiry,
            replacedCount: 0
        )
        if let old = streams[slot].outgoing.values.put(key, value) {
            events.append(.receipt(stream, old, .notDelivered(.superseded)))
        }
        if let expiry { noteExpiry(expiry) }
        noteReady(slot)
        return send
    }

    /// Tells the receiver that messages are missing here, and where they are.
    public mutating func sendGap(
        count: UInt64,
        cause: SessionCode,
        place: [UInt8] = [],
        on stream: StreamID
    ) throws(SessionCommandError) {
        let slot = try flow(stream, 0)
        guard [.log, .call].contains(streams[slot].kind) else { throw .noFlow }
        guard place.count <= WireLimit.text, (1...WireLimit.gapCount).contains(count) else {
            throw .tooLong
        }
        let item = QueuedItem.gap(count: count, cause: cause, place: place)
        try makeRoom(slot, item.charge)
        streams[slot].outgoing.queue.append(item)
        streams[slot].outgoing.queuedCharge += item.charge
        noteReady(slot)
    }

    /// Ends the flow out of this end, behind everything sent on it.
    public mutating func finish(
        _ stream: StreamID,
        status: SessionCode = .ok,
        detail: [UInt8] = []
    ) throws(SessionCommandError) {
        let slot = try flow(stream, 0, isEnd: true)
        guard detail.count <= WireLimit.text else { throw .tooLong }
        let item = QueuedItem.end(status, detail: detail)
        streams[slot].outgoing.queue.append(item)
        streams[slot].outgoing.queuedCharge += item.charge
        streams[slot].outgoing.isFinished = true
        noteReady(slot)
    }

    /// Whether all that was sent on a stream is settled, with the end of it; also when it is forgotten.
    package mutating func isDelivered(_ stream: StreamID) -> Bool {
        guard let slot = streams.slot(of: stream.rawValue) else { return true }
        return streams[slot].outgoing.isDone
    }

    /// Where a stream is on which this end may send `size` bytes.
    private mutating func flow(
        _ stream: StreamID,
        _ size: Int,
        isEnd: Bool = false
    ) throws(SessionCommandError) -> Int {
        guard isOpen else { throw .ended }
        guard let slot = streams.slot(of: stream.rawValue), streams[slot].resetCode == nil,
            streams[slot].sends, !streams[slot].outgoing.isFinished
        else { throw .noFlow }
        guard isEnd || !streams[slot].isAnswered else { throw .answered }
        guard let limit = peerLimits?.messageSizeLimit, UInt64(size) <= limit else {
            throw .tooLong
        }
        return slot
    }

    private mutating func nextSend() -> SendID {
        sendCount += 1
        return SendID(rawValue: sendCount)
    }

    /// Room in the queue, by dropping the oldest if that is the stream's way.
    private mutating func makeRoom(_ slot: Int, _ charge: UInt64) throws(SessionCommandError) {
        while !streams[slot].outgoing.hasRoom(for: charge, settings) {
            guard streams[slot].overflow == .dropOldest,
                let dropped = streams[slot].outgoing.dropOldest()
            else {
                streams[slot].wantsRoom = true
                noteReady(slot)
                throw .queueFull
            }
            events.append(.receipt(streams[slot].id, dropped, .notDelivered(.dropped)))
        }
    }

    private mutating func sendDatagram(
        _ payload: [UInt8],
        _ slot: Int
    ) throws(SessionCommandError) -> SendID {
        // It is never cut: two numbers and the type stand before it in its frame.
        guard payload.count <= WireLimit.frame - 17 else { throw .tooLong }
        let send = nextSend()
        let item = QueuedItem.message(send, payload: payload, expiry: nil, endsFlow: false)
        streams[slot].outgoing.datagrams.append(item)
        let count = streams[slot].outgoing.datagrams.count
        if count > Rule.datagramLimit || phase != .attached,
            case .message(let dropped, _, _, _)? = streams[slot].outgoing.datagrams.popFirst()
        {
            streams[slot].outgoing.nextDatagram += 1
            events.append(.receipt(streams[slot].id, dropped, .notDelivered(.dropped)))
        }
        if streams[slot].outgoing.datagrams.count == 1 {
            readyDatagrams.append(streams[slot].id.rawValue)
        }
        return send
    }

    /// The connection is gone, and what was to go out on it at once with it.
    mutating func dropDatagrams() {
        while let id = readyDatagrams.popFirst() {
            guard let slot = streams.slot(of: id) else { continue }
            dropDatagrams(slot)
            forgetIfDone(slot)
        }
    }

    mutating func dropDatagrams(_ slot: Int) {
        while case .message(let send, _, _, _)? = streams[slot].outgoing.datagrams.popFirst() {
            streams[slot].outgoing.nextDatagram += 1
            events.append(.receipt(streams[slot].id, send, .notDelivered(.dropped)))
        }
    }

    /// Puts a stream into the ring of those that take turns, if it has something to write.
    mutating func noteReady(_ slot: Int) {
        guard !streams[slot].isReady, let limits = peerLimits,
            streams[slot].outgoing.canWrite(window: limits.windowSize)
        else { return }
        streams[slot].isReady = true
        ready.append(streams[slot].id.rawValue)
    }

    mutating func noteExpiry(_ expiry: SessionInstant) {
        nextExpiry = min(nextExpiry ?? expiry, expiry)
    }
}
