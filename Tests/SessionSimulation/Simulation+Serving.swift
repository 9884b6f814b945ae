import SessionProtocol

// What the server does with a connection's bytes.

extension Simulation {
    func serve(_ bytes: ArraySlice<UInt8>, _ connection: SimulatedConnection) {
        if let session = connection.session {
            let isMixed = sabotage == .readsEvictedConnections
            let epoch = isMixed ? session.machine.epoch : connection.sessionEpoch
            session.hear(bytes, epoch: epoch, now: now)
            drain(session)
            return
        }
        do throws(Violation) {
            guard let request = try connection.reader.receive(bytes.rawSpan) else { return }
            attach(request, connection)
        } catch {
            oracle.fail("a client that broke a rule: \(error)")
        }
    }

    private func attach(_ request: AttachRequest, _ connection: SimulatedConnection) {
        do throws(Refusal) {
            guard !isServerRefusing else { throw Refusal(.overloaded) }
            let session = try session(for: request)
            session.lastSign = serverClock.reading(now)
            connection.session = session
            connection.sessionEpoch = request.epoch
            drain(session)
        } catch {
            connection.toClient.send(error.bytes, now: now, &random)
            connection.toClient.close(now: now)
            connection.isOpenAtServer = false
        }
    }

    private func session(for request: AttachRequest) throws(Refusal) -> SimulatedEnd {
        let moment = serverClock.instant(now)
        let name = request.ticket.session
        if let session = sessions.first(where: { $0.machine.ticket.session == name }) {
            try session.machine.resume(sabotaged(request), now: moment)
            return session
        }
        let machine = try SessionMachine(accepting: request, settings: settings, now: moment)
        let session = SimulatedEnd(ends.count, machine, serverClock, sabotage: sabotage)
        if let client = ends.first(where: { $0.machine.ticket.session == name }) {
            session.peer = client.number
            client.peer = session.number
        }
        ends.append(session)
        sessions.append(session)
        return session
    }

    private func sabotaged(_ request: AttachRequest) -> AttachRequest {
        var request = request
        if sabotage == .losesAFrameAtResume { request.receivedCount += 1 }
        if sabotage == .repeatsAFrameAtResume, request.receivedCount > 0 {
            request.receivedCount -= 1
        }
        return request
    }
}
