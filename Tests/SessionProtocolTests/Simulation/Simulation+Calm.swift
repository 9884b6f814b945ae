@testable import SessionProtocol

extension Simulation {
    /// No more faults: everything that is under way arrives, everybody reads, then says goodbye.
    func calmDown() {
        isCalm = true
        settle(seconds: 30) { [self] in
            oracle.openCount == 0 && (client.machine.isAttached || client.isOver)
        }
        for (id, message) in oracle.messages.enumerated() where message.receipt == nil {
            if !message.isOrphan { oracle.fail("message \(id) is stuck") }
        }
        if !client.machine.isAttached, !client.isOver {
            oracle.fail("the client does not come back")
        }
        client.machine.close()
        drain(client)
        settle(seconds: 30) { [self] in client.isOver && sessions.allSatisfy(\.isOver) }
        client.machine.abandon(now: client.clock.instant(now))
        drain(client)
        for end in sessions where !end.isOver { oracle.fail("session \(end.number) is not over") }
        oracle.finish()
        balance()
    }

    private func settle(seconds: UInt64, until isDone: () -> Bool) {
        let limit = now + seconds * 1_000_000
        while now < limit, !isDone(), oracle.failures.isEmpty {
            now += UInt64(random.number(0..<20_000))
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

    private func balance() {
        for session in sessions {
            guard
                let other = ends.first(where: {
                    $0.machine.role == .client
                        && $0.machine.ticket.session == session.machine.ticket.session
                }), other.isOver
            else { continue }
            for problem in Ledger.balance(session.machine.ledger, other.machine.ledger) {
                oracle.fail("ledgers: \(problem)")
            }
        }
    }
}
