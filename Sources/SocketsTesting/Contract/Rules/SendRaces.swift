internal import Sockets

/// Sends that are cut short: as many bytes arrive as the errors say, not one more or less.
extension ContractRun where Stream: ByteStream {
    func sendRaces() async throws {
        for kind in Interruption.Kind.allCases {
            try await rule(
                "after \(kind.rawValue) racing a send, exactly transferredCount bytes arrive",
                count: (races + racesPerPair - 1) / racesPerPair
            ) { trial in
                try await sendRace(trial, kind)
            }
        }
    }

    private func sendRace(_ trial: Trial<Stream>, _ kind: Interruption.Kind) async throws {
        var sent = 0
        let count = min(races, racesPerPair)
        // At first nobody receives: sends are cut short while they wait for room.
        sent += try await interruptedSend(trial, kind, from: sent, size: beyondAnyBuffer)
        for _ in 0..<count / 4 {
            sent += try await interruptedSend(trial, kind, from: sent, size: trial.draw(1...3000))
        }
        // Then somebody does: room comes while they are cut short.
        let b = trial.b
        let draws = trial.random.fork()
        let reader = trial.startChecking {
            var draws = draws
            var reception = Reception(b)
            let form = draws.oneIn(2) ? ReceiveForm.memory : .buffer
            // Slowly, so that what the sender filled at first lasts for most of the races.
            while try await reception.receive(form, limit: draws.oneIn(2) ? 3000 : 60_000) {
                await Pause.drawn(from: &draws).run()
            }
            return reception.count
        }
        for _ in 0..<count {
            let size = trial.draw([1, 100, 5000, 70_000, 300_000])
            sent += try await interruptedSend(trial, kind, from: sent, size: trial.draw(1...size))
        }
        try await trial.a.finish()
        let received = try await reader.value
        try expect(received == sent, "\(received) bytes came of \(sent)")
    }

    /// Sends the pattern from a place; returns how many bytes went out.
    private func interruptedSend(
        _ trial: Trial<Stream>,
        _ kind: Interruption.Kind,
        from place: Int,
        size: Int
    ) async throws -> Int {
        let a = trial.a
        let bytes = BytePattern.bytes(at: place, count: size)
        let interruption = trial.interruption(kind)
        let result = await trial.run(interruption) { () async throws(SocketError) in
            try await a.send(bytes)
        }
        trial.progress.step()
        switch result {
        case .success: return size
        case .failure(let error):
            _ = try result.value(orOneOf: interruption.codes, in: "the send")
            let count = error.transferredCount
            try expect((0...size).contains(count), "\(count) bytes went out of \(size)")
            return count
        }
    }
}
