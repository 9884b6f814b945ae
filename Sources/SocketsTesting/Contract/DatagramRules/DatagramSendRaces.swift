internal import Sockets

/// Sends that are cut short: those that succeeded arrive, those that failed never do.
extension ContractRun where Stream: DatagramTransport {
    func datagramSendRaces(_ promises: DatagramPromises) async throws {
        for kind in Interruption.Kind.allCases {
            try await rule(
                "after \(kind.rawValue) racing sends, exactly those that succeeded arrive",
                count: (races + racesPerPair - 1) / racesPerPair
            ) { trial in
                try await sendRace(trial, kind, promises)
            }
        }
    }

    private func sendRace(
        _ trial: Trial<Stream>,
        _ kind: Interruption.Kind,
        _ promises: DatagramPromises
    ) async throws {
        let (a, b) = (trial.a, trial.b)
        let flow = DatagramFlow(promises)
        let draws = trial.random.fork()
        let receiver = trial.startChecking {
            var draws = draws
            while true {
                do {
                    // Slowly, so that sends wait where they do that.
                    await Pause.drawn(from: &draws).run()
                    let seen = try await b.receiveBytes(limit: DatagramPromises.smallSize)
                    try flow.accept(seen.bytes)
                } catch let error as SocketError where error.code == .cancelled {
                    return
                }
            }
        }
        for number in 0..<min(races, racesPerPair) {
            await flow.waitForRoom()
            let size = trial.draw(4...DatagramPromises.smallSize)
            let interruption = trial.interruption(kind)
            flow.send(number)
            let result = await trial.run(interruption) { () async throws(SocketError) in
                try await a.send(NumberedDatagram.bytes(number, size: size))
            }
            if try result.value(orOneOf: interruption.codes, in: "the send") == nil {
                flow.takeBack(number)
            }
            trial.progress.step()
        }
        receiver.cancel()
        try await receiver.value
        try await flow.drain(b)
    }
}
