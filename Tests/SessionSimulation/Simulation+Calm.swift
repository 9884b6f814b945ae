import SessionProtocol

extension Simulation {
    /// How long everything may take to arrive, be read and be ended, in microseconds.
    ///
    /// Three times what a full queue needs on the slowest line.
    private static let patience: UInt64 = 60_000_000

    /// No more faults: everything that is under way arrives, everybody reads, then says goodbye.
    func calmDown() {
        isCalm = true
        isServerRefusing = false
        oldLedger = client.machine.ledger
        settle { [self] in
            oracle.openCount == 0 && (client.look { $0.isAttached } || client.isOver)
                && ([client] + sessions).allSatisfy(\.waiting.isEmpty)
        }
        oracle.failIfSomethingIsOpen()
        for end in [client] + sessions where !end.waiting.isEmpty {
            oracle.fail(
                "end \(end.number) waits for ever for room on \(end.waiting.sorted { $0.rawValue < $1.rawValue })"
            )
        }
        if !client.machine.isAttached, !client.isOver {
            oracle.fail("the client does not come back")
        }
        oracle.isClosing = true
        client.machine.close()
        drain(client)
        settle { [self] in client.isOver && sessions.allSatisfy(\.isOver) }
        client.machine.abandon(now: client.clock.instant(now))
        drain(client)
        for end in sessions where !end.isOver { oracle.fail("session \(end.number) is not over") }
        oracle.failIfSomethingIsOpen()
        balanceLedgers()
    }

    private func settle(until isDone: () -> Bool) {
        let limit = now + Self.patience
        while now < limit, !isDone(), oracle.failures.isEmpty {
            guard let next = nextMoment, next < limit else { return }
            now = max(now + 1, next)
            for end in [client] + sessions where !end.isOver {
                end.takeEverything(now, &oracle)
                drain(end)
            }
            deliver()
            advance()
            connectIfNeeded()
            send()
        }
    }

    /// When something happens next by itself.
    private var nextMoment: UInt64? {
        var moments: [UInt64] = []
        for connection in connections {
            if connection.isOpenAtServer, let next = connection.toServer.nextMoment {
                moments.append(max(next, partitionedUntil.server))
            }
            if connection.isOpenAtClient, let next = connection.toClient.nextMoment {
                moments.append(max(next, partitionedUntil.client))
            }
        }
        for end in [client] + sessions {
            if let due = end.look({ $0.nextDeadline }) { moments.append(end.clock.time(of: due)) }
        }
        if !client.isOver, !isConnected { moments.append(nextAttempt) }
        return moments.min()
    }

    /// Both ends of each session agree on every message, whatever became of the two.
    func balanceLedgers() {
        for session in ends where session.machine.role == .server {
            guard let peer = session.peer, ends[peer].peer == session.number else { continue }
            let isOld = sabotage == .keepsAnOldLedger && peer == client.number
            let other = isOld ? oldLedger ?? ends[peer].machine.ledger : ends[peer].machine.ledger
            oracle.tally.balances += 1
            for problem in Ledger.balance(session.machine.ledger, other) {
                oracle.fail("ledgers: \(problem)")
            }
        }
    }
}
