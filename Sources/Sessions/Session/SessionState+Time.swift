internal import SessionProtocol
internal import Sockets

// What happens because time passes, and how silence is judged (docs/session-protocol.md §4).

extension SessionState {
    /// How much later death is judged than it would be due.
    ///
    /// A loop that was held up fires its timers before it reads what has come meanwhile: so much time it
    /// has for reading. Arbitrary: far below any bound that is stated.
    private static let judgementDelay: UInt64 = 10_000

    /// When ``advance(to:_:)`` is to be called next.
    var nextMoment: SessionInstant? {
        var next = SessionInstant.earlier(machine.nextDeadline, cutAt)
        next = .earlier(next, leavesBy)
        next = .earlier(next, nextProbe)
        // Until it is judged, death is due all the time.
        if let judgeAt, let moment = next { return max(moment, judgeAt) }
        return next
    }

    mutating func advance(to now: SessionInstant, _ aftermath: inout Aftermath) {
        probe(now)
        machine.advance(to: judged(now))
        if let cutAt, cutAt <= now {
            self.cutAt = nil
            if machine.ending == nil { machine.abandon(now: now) }
            if let connection { cut(connection, &aftermath) }
        }
    }

    /// The latest moment that may be acted upon: not the one of death, at first.
    private mutating func judged(_ now: SessionInstant) -> SessionInstant {
        guard let sign = machine.lastSign else {
            judgeAt = nil
            return now
        }
        let death = sign.advanced(byMicroseconds: bound)
        guard death <= now else {
            judgeAt = nil
            return now
        }
        let judgement = judgeAt ?? now.advanced(byMicroseconds: Self.judgementDelay)
        judgeAt = judgement
        guard judgement > now else {
            judgeAt = nil
            return now
        }
        return SessionInstant(microseconds: max(1, death.microseconds) - 1)
    }

    /// The time within which a dead connection is found, in microseconds.
    private var bound: UInt64 {
        (UInt64(machine.timing.heartbeat) + UInt64(machine.timing.silence)) * 1_000
    }

    // MARK: What the kernel knows

    /// How far apart the questions to the kernel are, in microseconds.
    private var probeInterval: UInt64 { max(1_000, UInt64(machine.timing.silence) * 100) }

    /// The kernel is asked only when an answer of the other end is overdue.
    private var nextProbe: SessionInstant? {
        guard let sign = machine.lastSign, let connection, connection.kernel != nil else {
            return nil
        }
        let overdue = sign.advanced(byMicroseconds: UInt64(machine.timing.heartbeat) * 1_000)
        guard let last = connection.lastProbe else { return overdue }
        return max(overdue, last.advanced(byMicroseconds: probeInterval))
    }

    /// Looks for signs of life: bytes that wait to be read, or that the other system has acknowledged since
    /// the last time.
    private mutating func probe(_ now: SessionInstant) {
        guard let next = nextProbe, next <= now, let connection, let kernel = connection.kernel
        else { return }
        if kernel.hasUnread {
            machine.transportProgressed(epoch: connection.epoch, now: now)
        }
        let acknowledged = kernel.acknowledgedSize
        if let last = connection.lastProbe, acknowledged > connection.acknowledgedSize,
            connection.questionEnd.map({ connection.acknowledgedSize < $0 }) ?? true
        {
            // It happened between then and now: the earlier one, so that the bound holds.
            machine.transportProgressed(epoch: connection.epoch, now: last)
        }
        connection.acknowledgedSize = acknowledged
        connection.lastProbe = now
        noteQuestion(connection, kernel)
    }

    /// Once the question has arrived, what goes on being acknowledged says nothing: a system takes bytes
    /// for an application that is stuck, or for the other side of a relay, until its buffers are full.
    private func noteQuestion(_ connection: SessionConnection, _ kernel: KernelView) {
        if connection.question != machine.openQuestion {
            connection.question = machine.openQuestion
            connection.questionEnd = nil
        }
        guard connection.question != nil, connection.questionEnd == nil, !connection.isSending
        else { return }
        connection.questionEnd = connection.acknowledgedSize + kernel.waitingSize
    }
}
