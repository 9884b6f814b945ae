import SessionProtocol

/// The network, and what drives the machines over it.
extension Simulation {
    var isConnected: Bool { connections.contains { $0.isOpenAtClient } }

    func connectIfNeeded() {
        if client.isOver, !isCalm { replaceClient(hasCrashed: false) }
        // Sometimes a second connection, while the first is thought to live: a change of address.
        let wants = !isConnected || (!isCalm && random.oneIn(200))
        guard wants, now >= nextAttempt, !client.isOver else { return }
        for connection in connections where connection.isOpenAtClient {
            connection.isOpenAtClient = false
            if random.oneIn(2) { connection.toServer.close(now: now) }
        }
        let epoch = client.machine.connected(now: client.clock.instant(now))
        client.lastSign = client.clock.reading(now)
        let connection = SimulatedConnection(clientEpoch: epoch)
        oracle.tally.connections += 1
        if !isCalm, random.oneIn(6) {
            oracle.tally.slowLines += 1
            connection.toServer.slowness = random.time(below: 30_000)
            connection.toClient.slowness = random.time(below: 30_000)
        }
        connections.append(connection)
        drain(client)
        nextAttempt = now + random.time(below: 30_000)
    }

    func deliver() {
        for connection in connections {
            if now >= partitionedUntil.server { deliverToServer(connection) }
            if now >= partitionedUntil.client { deliverToClient(connection) }
        }
        connections.removeAll { !$0.isOpenAtClient && !$0.isOpenAtServer }
    }

    private func deliverToServer(_ connection: SimulatedConnection) {
        while connection.isOpenAtServer, let bytes = connection.toServer.receive(now: now) {
            serve(bytes, connection)
            guard seesProgress, connection.isOpenAtClient, answersPass(connection.toClient) else {
                continue
            }
            client.hearProgress(epoch: connection.clientEpoch, now: now)
        }
        guard connection.isOpenAtServer, connection.toServer.hasEnded(now: now) else { return }
        connection.isOpenAtServer = false
        connection.toClient.close(now: now)
        guard let session = connection.session else { return }
        let moment = serverClock.instant(now)
        session.machine.disconnected(epoch: connection.sessionEpoch, now: moment)
        drain(session)
    }

    private func deliverToClient(_ connection: SimulatedConnection) {
        while connection.isOpenAtClient, let bytes = connection.toClient.receive(now: now) {
            client.hear(bytes, epoch: connection.clientEpoch, now: now)
            drain(client)
            guard seesProgress, connection.isOpenAtServer, answersPass(connection.toServer) else {
                continue
            }
            connection.session?.hearProgress(epoch: connection.sessionEpoch, now: now)
        }
        guard connection.isOpenAtClient, connection.toClient.hasEnded(now: now) else { return }
        leave(connection)
    }

    /// The client's side of a connection ends.
    private func leave(_ connection: SimulatedConnection) {
        connection.isOpenAtClient = false
        connection.toServer.close(now: now)
        let moment = client.clock.instant(now)
        client.machine.disconnected(epoch: connection.clientEpoch, now: moment)
        drain(client)
    }

    /// The transport's acknowledgements come back on the other way.
    private func answersPass(_ way: SimulatedConnection.Pipe) -> Bool {
        !way.isBlackHole && way.endsAt == nil && now >= partitionedUntil.client
            && now >= partitionedUntil.server
    }

    func advance() {
        guard sabotage != .neverJudges else {
            checkTimes()
            return
        }
        for end in [client] + sessions {
            let moment = end.clock.instant(now)
            guard let due = end.look({ $0.nextDeadline }), due <= moment else { continue }
            let isEarly = sabotage == .judgesEarly && end === client
            end.machine.advance(to: isEarly ? moment.advanced(byMicroseconds: 600_000) : moment)
            drain(end)
            if let next = end.look({ $0.nextDeadline }), next <= moment,
                !end.look({ $0.hasOutput })
            {
                oracle.fail("a deadline that passing does not move")
            }
        }
        checkTimes()
    }

    private func checkTimes() {
        client.checkTimes(now, &oracle)
        for session in sessions { session.checkTimes(now, &oracle) }
    }

    func send() {
        for connection in connections {
            if connection.isOpenAtClient, connection.clientEpoch == client.machine.epoch {
                write(client, to: &connection.toServer)
                if client.look({ $0.closesTransport }) {
                    connection.isOpenAtClient = false
                    connection.toServer.close(now: now)
                }
            }
            if connection.isOpenAtServer, let session = connection.session,
                connection.sessionEpoch == session.machine.epoch
            {
                write(session, to: &connection.toClient)
                if session.look({ $0.closesTransport }) {
                    connection.isOpenAtServer = false
                    connection.toClient.close(now: now)
                }
            }
        }
    }

    /// What one end hands to the network at a time, in bytes.
    private static let outputLimit = 5_000

    private func write(_ end: SimulatedEnd, to pipe: inout SimulatedConnection.Pipe) {
        while pipe.hasRoom, end.look({ $0.hasOutput }) {
            var bytes: [UInt8] = []
            let moment = end.clock.instant(now)
            end.machine.output(into: &bytes, limit: Self.outputLimit, now: moment)
            drain(end)
            guard !bytes.isEmpty else {
                // What had a turn was withdrawn meanwhile; then nothing is left.
                if end.look({ $0.hasOutput }) { oracle.fail("output that is nothing") }
                return
            }
            oracle.tally.bytes += UInt64(bytes.count)
            if sabotage == .losesBytes, random.oneIn(50) { continue }
            if sabotage == .runsWithdrawn { bytes = Self.unwithdrawn(bytes) }
            pipe.send(bytes, now: now, &random)
            if sabotage == .repeatsBytes, random.oneIn(50) { pipe.send(bytes, now: now, &random) }
        }
    }

    /// Every `WITHDRAWN` made a `MESSAGE` again.
    private static func unwithdrawn(_ bytes: [UInt8]) -> [UInt8] {
        var changed = bytes
        var start = bytes[0] == 0xD3 ? 4 : 0
        while start < bytes.count {
            let first = Int(bytes[start])
            let type = start + (first < 0x40 ? 1 : 2)
            let size = first < 0x40 ? first : (first & 0x3F) << 8 | Int(bytes[start + 1])
            if bytes[type] & 0xF8 == 0x48 { changed[type] &= ~8 }
            start = type + size
        }
        return changed
    }

    /// Checks one end, and hears what it says.
    func drain(_ end: SimulatedEnd) {
        check(end)
        end.drainEvents(now, &oracle)
        for epoch in end.closedEpochs { close(epoch, of: end) }
        end.closedEpochs = []
        guard let delay = end.leavesFor else { return }
        end.leavesFor = nil
        for connection in connections where connection.isOpenAtClient { leave(connection) }
        nextAttempt = max(nextAttempt, now + delay)
    }

    /// A session said that the connection of an epoch does not carry it any more.
    private func close(_ epoch: UInt64, of end: SimulatedEnd) {
        for connection in connections {
            if end === client, connection.clientEpoch == epoch {
                connection.isOpenAtClient = false
                connection.toServer.close(now: now)
            }
            if sabotage == .readsEvictedConnections { continue }
            if connection.session === end, connection.sessionEpoch == epoch {
                connection.isOpenAtServer = false
                connection.toClient.close(now: now)
            }
        }
    }
}
