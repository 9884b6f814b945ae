internal import Sockets

/// Receives that are cut short while data comes: afterwards every datagram is there, once.
extension ContractRun where Stream: DatagramTransport {
    func datagramReceiveRaces(_ promises: DatagramPromises) async throws {
        for kind in Interruption.Kind.allCases {
            try await rule(
                "\(kind.rawValue) racing a receive loses no datagram",
                count: (races + racesPerPair - 1) / racesPerPair
            ) { trial in
                try await receiveRace(trial, kind, promises)
            }
        }
    }

    private func receiveRace(
        _ trial: Trial<Stream>,
        _ kind: Interruption.Kind,
        _ promises: DatagramPromises
    ) async throws {
        let (a, b, isOver) = (trial.a, trial.b, Lock(false))
        let flow = DatagramFlow(promises)
        let draws = trial.random.fork()
        let sender = trial.start { () async throws(SocketError) in
            var (draws, number) = (draws, 0)
            while !isOver.withLock({ $0 }) {
                if flow.onTheWay >= promises.window {
                    await Task.yield()
                    continue
                }
                let size = Int.random(in: 4...DatagramPromises.smallSize, using: &draws)
                flow.send(number)
                try await a.send(NumberedDatagram.bytes(number, size: size))
                number += 1
                await Pause.drawn(from: &draws).run()
                // At least one: others share the thread.
                await Task.yield()
            }
        }
        for _ in 0..<min(races, racesPerPair) {
            let interruption = trial.interruption(kind)
            let result = await trial.run(interruption) { () async throws(SocketError) in
                try await b.receiveBytes(limit: DatagramPromises.smallSize)
            }
            if let seen = try result.value(orOneOf: interruption.codes, in: "the receive") {
                try flow.accept(seen.bytes)
            }
            trial.progress.step()
        }
        isOver.withLock { $0 = true }
        try await sender.value.get()
        try await flow.drain(b)
    }
}
