@testable import SessionProtocol

/// The network, and what drives the machines over it.
extension Simulation {
    func connectIfNeeded() {
        if client.isOver, !isCalm { replaceClient(hasCrashed: false) }
        let isConnected = connections.contains { $0.isOpenAtClient }
        // Sometimes a second connection, while the first is thought to live: a change of address.
        let wants = !isConnected || (!isCalm && random.oneIn(200))
        guard wants, now >= nextAttempt, !client.isOver else { return }
        for connection in connections where connection.isOpenAtClient {
            connection.isOpenAtClient = false
            if random.oneIn(2) { connection.toServer.close(now: now) }
        }
        connectionCount += 1
        let connection = SimulatedConnection(number: connectionCount)
        connections.append(connection)
        readers[connection.number] = AttachReader()
        clientEpochs[connection.number] = client.machine.connected(now: client.clock.instant(now))
        drain(client)
        nextAttempt = now + UInt64(random.number(0..<30_000))
    }

    func deliver() {
        for connection in connections {
            while connection.isOpenAtServer, let bytes = connection.toServer.receive(now: now) {
                serve(bytes, connection)
            }
            if connection.isOpenAtServer, connection.toServer.chunks.isEmpty,
                let end = connection.toServer.endsAt, end <= now
            {
                connection.isOpenAtServer = false
                connection.toClient.close(now: now)
                if let (session, epoch) = served[connection.number] {
                    session.machine.disconnected(epoch: epoch, now: serverClock.instant(now))
                    drain(session)
                }
            }
            guard let epoch = clientEpochs[connection.number] else { continue }
            while connection.isOpenAtClient, let bytes = connection.toClient.receive(now: now) {
                client.machine.receive(bytes.rawSpan, epoch: epoch, now: client.clock.instant(now))
                drain(client)
            }
            if connection.isOpenAtClient, connection.toClient.chunks.isEmpty,
                let end = connection.toClient.endsAt, end <= now
            {
                connection.isOpenAtClient = false
                connection.toServer.close(now: now)
                client.machine.disconnected(epoch: epoch, now: client.clock.instant(now))
                drain(client)
            }
        }
        connections.removeAll { !$0.isOpenAtClient && !$0.isOpenAtServer }
    }

    private func serve(_ bytes: [UInt8], _ connection: SimulatedConnection) {
        if let (session, epoch) = served[connection.number] {
            let current = sabotage == .readsEvictedConnections ? session.machine.epoch : epoch
            session.machine.receive(bytes.rawSpan, epoch: current, now: serverClock.instant(now))
            drain(session)
            return
        }
        do throws(Violation) {
            guard let request = try readers[connection.number]?.receive(bytes.rawSpan) else {
                return
            }
            attach(request, connection)
        } catch {
            oracle.fail("a client that broke a rule: \(error)")
        }
    }

    private func attach(_ request: AttachRequest, _ connection: SimulatedConnection) {
        let moment = serverClock.instant(now)
        do throws(Refusal) {
            guard !isServerRefusing || isCalm else { throw Refusal(.overloaded) }
            if let session = sessions.first(where: {
                $0.machine.ticket.session == request.ticket.session
            }) {
                try session.machine.resume(sabotaged(request), now: moment)
                served[connection.number] = (session, request.epoch)
                drain(session)
            } else {
                let machine = try SessionMachine(
                    accepting: request,
                    settings: settings,
                    now: moment
                )
                let session = SimulatedEnd(ends.count, machine, serverClock)
                session.forgets = sabotage == .forgetsAfterTaking
                ends.append(session)
                sessions.append(session)
                served[connection.number] = (session, request.epoch)
                drain(session)
            }
        } catch {
            connection.toClient.send(error.bytes, now: now, &random)
            connection.toClient.close(now: now)
            connection.isOpenAtServer = false
        }
    }

    private func sabotaged(_ request: AttachRequest) -> AttachRequest {
        var count = request.receivedCount
        if sabotage == .losesAFrameAtResume { count += 1 }
        if sabotage == .repeatsAFrameAtResume, count > 0 { count -= 1 }
        return AttachRequest(
            ticket: request.ticket,
            epoch: request.epoch,
            isResuming: request.isResuming,
            receivedCount: count,
            clock: request.clock,
            limits: request.limits,
            credentials: request.credentials
        )
    }

    func advance() {
        for end in [client] + sessions {
            let moment = end.clock.instant(now)
            if let due = end.machine.nextDeadline, due <= moment {
                end.machine.advance(to: moment)
                drain(end)
                if let next = end.machine.nextDeadline, next <= moment, !end.machine.hasOutput {
                    oracle.fail("a deadline that passing does not move")
                }
            }
        }
    }

    func send() {
        for connection in connections {
            if connection.isOpenAtClient, let epoch = clientEpochs[connection.number],
                epoch == client.machine.epoch
            {
                write(client, to: &connection.toServer)
                if client.machine.closesTransport {
                    connection.isOpenAtClient = false
                    connection.toServer.close(now: now)
                }
            }
            if connection.isOpenAtServer, let (session, epoch) = served[connection.number],
                epoch == session.machine.epoch
            {
                write(session, to: &connection.toClient)
                if session.machine.closesTransport {
                    connection.isOpenAtServer = false
                    connection.toClient.close(now: now)
                }
            }
        }
    }

    private func write(_ end: SimulatedEnd, to pipe: inout SimulatedConnection.Pipe) {
        while pipe.hasRoom, end.machine.hasOutput {
            var bytes: [UInt8] = []
            end.machine.output(into: &bytes, limit: 5_000, now: end.clock.instant(now))
            drain(end)
            guard !bytes.isEmpty else {
                // What had a turn was withdrawn meanwhile; then nothing is left.
                if end.machine.hasOutput { oracle.fail("output that is nothing") }
                return
            }
            if sabotage == .losesBytes, random.oneIn(50) { continue }
            if sabotage == .runsWithdrawn { bytes = unwithdrawn(bytes) }
            pipe.send(bytes, now: now, &random)
            if sabotage == .repeatsBytes, random.oneIn(50) { pipe.send(bytes, now: now, &random) }
        }
    }

    private func unwithdrawn(_ bytes: [UInt8]) -> [UInt8] {
        var buffer = FrameBuffer()
        var changed = bytes
        let start = bytes.starts(with: [0xD3]) ? Hello.size : 0
        try? buffer.forEachFrame(of: bytes.rawSpan.extracting(start..<bytes.count)) { _, range in
            let type = range.lowerBound + start
            if bytes[type] & 0xF8 == 0x48 { changed[type] &= ~MessageHeader.withdrawnFlag }
            return true
        }
        return changed
    }

    func drain(_ end: SimulatedEnd) {
        end.machine.checkInvariants()
        end.drainEvents(&oracle)
        for epoch in end.closedEpochs { close(epoch, of: end) }
        end.closedEpochs = []
    }

    /// A session said that the connection of an epoch does not carry it any more.
    private func close(_ epoch: UInt64, of end: SimulatedEnd) {
        for connection in connections {
            if end === client, clientEpochs[connection.number] == epoch {
                connection.isOpenAtClient = false
                connection.toServer.close(now: now)
            }
            if sabotage == .readsEvictedConnections { continue }
            if let (session, served) = served[connection.number], session === end, served == epoch {
                connection.isOpenAtServer = false
                connection.toClient.close(now: now)
            }
        }
    }
}
