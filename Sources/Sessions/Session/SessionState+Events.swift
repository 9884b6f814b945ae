internal import DequeModule
internal import SessionProtocol
internal import Sockets

extension SessionState {
    /// What follows from a step: its events are told, and the writer has its turn.
    mutating func settle(_ aftermath: inout Aftermath) {
        while let event = machine.nextEvent() { handle(event, &aftermath) }
        if !unread.isEmpty { giveUpUnread(&aftermath) }
        leaveIfIdle(&aftermath)
        startWriting(&aftermath)
        if flows.isEmpty { trim() }
    }

    /// Gives back what it keeps for the next stream.
    private mutating func trim() {
        if running.isEmpty, running.capacity > 0 { running = [:] }
        guard machine.trim() else { return }
        flows = [:]
        incoming = []
        unread = []
    }

    /// Has a task write, if there is something to be said and nobody says it.
    private mutating func startWriting(_ aftermath: inout Aftermath) {
        guard let connection, !connection.isWriting, !connection.isSilent, !connection.isOver,
            machine.hasOutput || machine.closesTransport
        else { return }
        connection.isWriting = true
        writerCount += 1
        aftermath.write(to: connection)
    }

    /// A task that has written ends.
    mutating func endWriting(to connection: SessionConnection, _ aftermath: inout Aftermath) {
        connection.isWriting = false
        writerCount -= 1
        aftermath.wake(&connection.writerWaiter)
        // Who waits until nothing is left of a session that is over.
        if machine.ending != nil { aftermath.wake(&watchers) }
    }

    private mutating func handle(_ event: SessionEvent, _ aftermath: inout Aftermath) {
        switch event {
        case .receipt(let stream, let send, let receipt):
            counts.count(receipt)
            flows[stream.rawValue]?.pending.settle(send, receipt, &aftermath)
        case .readable(let stream):
            becameReadable(stream, &aftermath)
        case .writable(let stream):
            guard let flow = flows[stream.rawValue] else { return }
            aftermath.wake(&flow.roomWaiters)
        case .opened(let stream, let kind, let name, let remaining):
            opened(Flow(stream, kind, name: name, isOurs: false, remaining), &aftermath)
        case .reset(let stream, let code):
            guard let flow = flows[stream.rawValue] else { return }
            flow.resetCode = flow.resetCode ?? code
            flow.wakeAll(&aftermath)
        case .closed(let stream):
            closed(stream, &aftermath)
        case .attached(let epoch, let isResumed, let answer):
            attached(epoch, isResumed, answer, &aftermath)
        case .detached(let epoch, let cause):
            detached(epoch, cause, &aftermath)
        case .draining(let drain):
            drains(drain, &aftermath)
        case .ended(let ending):
            ended(ending, &aftermath)
        }
    }

    // MARK: Streams

    mutating func opened(_ flow: Flow, _ aftermath: inout Aftermath) {
        flows[flow.id.rawValue] = flow
        if flow.kind == .call { openCallCount += 1 }
        guard !flow.isOurs, flow.kind != .call else { return }
        announce(flow, &aftermath)
    }

    /// A call is announced when there is something of it to be taken, and taken with it: if the first
    /// thing is a gap, it must not run.
    private mutating func becameReadable(_ stream: StreamID, _ aftermath: inout Aftermath) {
        guard let flow = flows[stream.rawValue] else { return }
        if flow.kind == .call, !flow.isOurs, !flow.isAnnounced {
            announce(flow, &aftermath)
        } else {
            aftermath.wake(&flow.reader)
        }
    }

    private mutating func announce(_ flow: Flow, _ aftermath: inout Aftermath) {
        flow.isAnnounced = true
        incoming.append(flow)
        aftermath.wake(&incomingReader)
    }

    private mutating func closed(_ stream: StreamID, _ aftermath: inout Aftermath) {
        guard let flow = flows.removeValue(forKey: stream.rawValue) else { return }
        if flow.kind == .call { openCallCount -= 1 }
        flow.isForgotten = true
        // Given up before anybody took it over: or the other end could fill the queue with these.
        if flow.isAnnounced { incoming.removeAll { $0 === flow } }
        flow.wakeAll(&aftermath)
        if flow.isOurs { wakeOpener(&aftermath) }
    }

    /// Lets the one who has waited longest look whether it may open a stream.
    mutating func wakeOpener(_ aftermath: inout Aftermath) {
        if let opener = openers.popFirst() { aftermath.wake(opener) }
    }

    /// Gives up the calls whose answers have arrived and whose requests nobody reads.
    private mutating func giveUpUnread(_ aftermath: inout Aftermath) {
        for flow in unread where machine.isDelivered(flow.id) {
            reset(flow, .closed, &aftermath)
        }
        unread.removeAll { $0.resetCode != nil || $0.isForgotten }
        while let event = machine.nextEvent() { handle(event, &aftermath) }
    }

    // MARK: Connections

    private mutating func attached(
        _ epoch: UInt64,
        _ isResumed: Bool,
        _ answer: [UInt8],
        _ aftermath: inout Aftermath
    ) {
        counts.attachmentCount += 1
        if machine.role == .client { self.answer = answer }
        leaving = nil
        lastDetach = nil
        connection?.isAttached = true
        connection?.kernel?.prepare(machine.timing)
        changed(.attached(isResumed: isResumed), &aftermath)
        while !openers.isEmpty { wakeOpener(&aftermath) }
    }

    private mutating func detached(
        _ epoch: UInt64,
        _ cause: DetachCause,
        _ aftermath: inout Aftermath
    ) {
        judgeAt = nil
        // Of an older one, the connection that took over says so itself.
        if let connection, connection.epoch == epoch {
            lastDetach = cause
            cut(connection, &aftermath)
        }
        if machine.ending == nil { changed(.detached(cause), &aftermath) }
        for pending in withdrawn { pending.giveUp(&aftermath) }
        withdrawn = []
    }

    /// Ends a connection without a word.
    mutating func cut(_ connection: SessionConnection, _ aftermath: inout Aftermath) {
        if !connection.isLeftOpen { aftermath.close(connection.stream) }
        connection.isOver = true
    }

    private mutating func drains(_ drain: Drain, _ aftermath: inout Aftermath) {
        // Three quarters of the time, so that there is some left for what goes wrong.
        let time = UInt64(drain.withinMilliseconds) * 750
        leaving = Leaving(drain: drain, by: SessionClock.now.advanced(byMicroseconds: time))
        changed(.draining(drain), &aftermath)
    }

    /// Leaves a server that drains, once no call is open or the time is over.
    private mutating func leaveIfIdle(_ aftermath: inout Aftermath) {
        guard let leavesBy, let connection else { return }
        guard openCallCount == 0 || leavesBy <= SessionClock.now else { return }
        cut(connection, &aftermath)
    }

    /// When the client leaves a server that drains, at the latest; nil while it is with none.
    ///
    /// What the last connection's server has said stays until another has accepted.
    var leavesBy: SessionInstant? {
        guard let connection, connection.isAttached, !connection.isOver else { return nil }
        return leaving?.by
    }

    // MARK: The whole

    mutating func changed(_ change: SessionChange, _ aftermath: inout Aftermath) {
        self.change = change
        changeCount += 1
        aftermath.wake(&watchers)
    }

    private mutating func ended(_ ending: SessionEnding, _ aftermath: inout Aftermath) {
        changed(.ended(ending), &aftermath)
        // Who does not read its last words must not keep it for ever.
        if connection != nil {
            cutAt = .earlier(cutAt, SessionClock.now.advanced(by: closeTimeLimit))
        }
        for flow in flows.values { flow.wakeAll(&aftermath) }
        flows = [:]
        openCallCount = 0
        incoming = []
        unread = []
        aftermath.wake(&incomingReader)
        cancelHandlers(&aftermath)
        while !openers.isEmpty { wakeOpener(&aftermath) }
        withdrawn = []
    }

    func cancelHandlers(_ aftermath: inout Aftermath) {
        for task in running.values { aftermath.cancel(task) }
    }

    /// Nothing of it is under way any more.
    var isGone: Bool {
        machine.ending != nil && connection == nil && writerCount == 0 && running.isEmpty
    }

    /// Of a session that is gone, and that nobody but the server has.
    mutating func leaveServerIfGone(_ aftermath: inout Aftermath) {
        guard let server, isGone else { return }
        self.server = nil
        aftermath.leave(server, handlers.take())
    }
}

extension SessionStatistics {
    mutating func count(_ receipt: Receipt) {
        switch receipt {
        case .delivered: deliveredCount += 1
        case .notDelivered: notDeliveredCount += 1
        case .unknown: unknownCount += 1
        }
    }
}
