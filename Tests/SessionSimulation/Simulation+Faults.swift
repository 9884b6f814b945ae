import SessionProtocol

// What goes wrong.

extension Simulation {
    func disturb() {
        if random.oneIn(40), let connection = connections.last { cut(connection) }
        if random.oneIn(150), let connection = connections.last { swallow(connection) }
        if random.oneIn(250) { partition() }
        if random.oneIn(30) { isServerRefusing = random.oneIn(5) }
        if random.oneIn(80) { slowDown() }
        if random.oneIn(300) { drainServer() }
        if random.oneIn(900) { restartServer() }
        if random.oneIn(900) { replaceClient(hasCrashed: true) }
    }

    private func cut(_ connection: SimulatedConnection) {
        oracle.tally.cuts += 1
        if !connection.toServer.cut(now: now, &random) { oracle.tally.halfOpen += 1 }
        if !connection.toClient.cut(now: now, &random) { oracle.tally.halfOpen += 1 }
    }

    private func swallow(_ connection: SimulatedConnection) {
        oracle.tally.blackHoles += 1
        let sides = random.number(1..<4)
        if sides & 1 != 0 { connection.toServer.isBlackHole = true }
        if sides & 2 != 0 { connection.toClient.isBlackHole = true }
    }

    /// No packet passes for a while, one way or both; what was lost is sent again afterwards.
    private func partition() {
        oracle.tally.partitions += 1
        let end = now + random.time(below: 1_500_000)
        let sides = random.number(1..<4)
        if sides & 1 != 0 { partitionedUntil.server = end }
        if sides & 2 != 0 { partitionedUntil.client = end }
    }

    private func slowDown() {
        for end in [client] + sessions.suffix(1) {
            end.isSlow = random.oneIn(3)
            if end.isSlow { oracle.tally.slowReaders += 1 }
        }
    }

    private func drainServer() {
        oracle.tally.drains += 1
        let delay = UInt32(random.number(0..<100))
        for session in sessions {
            session.machine.drain(Drain(delayMilliseconds: delay, withinMilliseconds: 500))
            drain(session)
        }
    }

    /// The server is killed, and starts again with an empty memory.
    private func restartServer() {
        oracle.tally.serverRestarts += 1
        for session in sessions where !session.isOver { oracle.crash(of: session.number) }
        sessions = []
        for connection in connections {
            connection.isOpenAtServer = false
            connection.toClient.close(now: now)
        }
        balanceLedgers()
    }

    /// A new client, with a new session.
    func replaceClient(hasCrashed: Bool) {
        if hasCrashed {
            oracle.tally.clientRestarts += 1
            oracle.crash(of: client.number)
        }
        for connection in connections {
            connection.isOpenAtClient = false
            connection.toServer.close(now: now)
        }
        balanceLedgers()
        client = Self.client(ends.count, settings, sabotage, &random)
        ends.append(client)
        nextAttempt = now
    }
}
