import DequeModule

// What goes out, and whose turn it is (§7).

extension SessionMachine {
    /// Bytes to hand to a transport at a time: small, so that what comes next does not wait long.
    public static let outputSizeLimit = 65_536

    /// Appends what is to be sent now to `output`: whole frames, until it holds `limit` bytes.
    ///
    /// What is appended counts as handed to the transport. Call it again while ``hasOutput``.
    public mutating func output(
        into output: inout [UInt8],
        limit: Int = SessionMachine.outputSizeLimit,
        now: SessionInstant
    ) {
        guard phase != .detached else { return }
        let start = output.count
        writeControl(into: &output, now)
        guard phase == .attached, control.fault == nil else { return }
        writeDatagrams(into: &output, limit)
        if tellsAtOnce { tellTaken() }
        // What is made now is handed over now, all of it (rule 3); what a resume sends again may
        // be much more than one output.
        let hasRoom = link.unsentSize < limit - output.count
        if hasRoom, isOpen { writeTurns(limit - output.count) }
        if !toTell.isEmpty, output.count > start || link.unsentSize > 0 { tellTaken() }
        link.send(into: &output, limit: hasRoom ? .max : limit)
        writeAcknowledgement(into: &output, hasOther: output.count > start)
    }

    /// Whether ``output(into:limit:now:)`` should be called.
    ///
    /// Seldom it then has nothing after all, because what had a turn was withdrawn.
    public var hasOutput: Bool {
        guard phase != .detached else { return false }
        if control.fault != nil || !control.greeting.isEmpty { return true }
        guard phase == .attached else { return false }
        return !control.isEmpty || (tellsAtOnce && closing == nil) || link.unsentSize > 0
            || !readyDatagrams.isEmpty
            || (isOpen && !ready.isEmpty && link.retainedSize < settings.retainedSizeLimit)
    }

    /// Whether the driver should close the transport, once the output is sent.
    public var closesTransport: Bool { ending != nil && !hasOutput }

    private mutating func writeControl(into output: inout [UInt8], _ now: SessionInstant) {
        if !control.greeting.isEmpty {
            output += control.greeting
            control.greeting = []
        }
        if let fault = control.fault {
            Frame.fault(fault.code, text: fault.text).write(into: &output)
            control = ControlFrames()
            phase = .detached
            return
        }
        guard phase == .attached else { return }
        if let echo = control.pongEcho {
            Frame.pong(echo: echo, clock: now.microseconds).write(into: &output)
            control.pongEcho = nil
        }
        if control.isPingDue {
            Frame.ping(clock: now.microseconds).write(into: &output)
            control.isPingDue = false
            ask(now)
        }
        if let drain = control.drain {
            Frame.drain(drain).write(into: &output)
            control.drain = nil
        }
    }

    private mutating func writeAcknowledgement(into output: inout [UInt8], hasOther: Bool) {
        let isOwed = reception.toldCount < reception.count
        guard control.isAcknowledgementDue || (isOwed && hasOther) else { return }
        control.isAcknowledgementDue = false
        Frame.acknowledge(receivedCount: reception.count).write(into: &output)
        reception.toldCount = reception.count
        reception.untoldSize = 0
        reception.due = nil
    }

    private mutating func writeDatagrams(into output: inout [UInt8], _ limit: Int) {
        while output.count < limit, let id = readyDatagrams.popFirst() {
            guard let slot = streams.slot(of: id),
                case .message(let send, let payload, _, _)? =
                    streams[slot].outgoing.datagrams.popFirst()
            else { continue }
            let number = streams[slot].outgoing.nextDatagram
            Frame.datagram(stream: id, number: number, payload: payload).write(into: &output)
            streams[slot].outgoing.nextDatagram = number + 1
            events.append(.receipt(streams[slot].id, send, .unknown(.unacknowledged)))
            if streams[slot].outgoing.datagrams.isEmpty {
                forgetIfDone(slot)
            } else {
                readyDatagrams.append(id)
            }
        }
    }

    /// Turns for the streams that have something to write, until `size` bytes are made.
    private mutating func writeTurns(_ size: Int) {
        while link.unsentSize < size, link.retainedSize < settings.retainedSizeLimit,
            let id = ready.popFirst()
        {
            guard let slot = streams.slot(of: id) else { continue }
            streams[slot].isReady = false
            guard streams[slot].resetCode == nil else { continue }
            writeTurn(slot)
            noteReady(slot)
            noteRoom(slot)
        }
    }

    private mutating func writeTurn(_ slot: Int) {
        guard let window = peerLimits?.windowSize else { return }
        let end = link.endPosition + UInt64(Rule.turnSize)
        while link.endPosition < end {
            if streams[slot].outgoing.canWrite(window: window) == false { return }
            streams[slot].writeItem(to: &link, until: end, &tally)
        }
    }

    /// Tells an application that waits for room in the queue, once half of it is free.
    mutating func noteRoom(_ slot: Int) {
        guard streams[slot].wantsRoom else { return }
        let outgoing = streams[slot].outgoing
        guard outgoing.queuedCharge + UInt64(outgoing.values.size) <= settings.queueSizeLimit / 2,
            outgoing.queue.count + outgoing.values.count <= settings.queueCountLimit / 2
        else { return }
        streams[slot].wantsRoom = false
        events.append(.writable(streams[slot].id))
    }
}
