internal import Sockets

/// Receives that are cut short while data comes: afterwards every byte is there, once, in order.
extension ContractRun where Stream: ByteStream {
    func receiveRaces() async throws {
        for kind in Interruption.Kind.allCases {
            for form in ReceiveForm.allCases {
                try await rule(
                    "\(kind.rawValue) racing a receive \(form.rawValue) loses no byte",
                    count: (races + racesPerPair - 1) / racesPerPair
                ) { trial in
                    try await receiveRace(trial, kind, form)
                }
            }
        }
    }

    private func receiveRace(
        _ trial: Trial<Stream>,
        _ kind: Interruption.Kind,
        _ form: ReceiveForm
    ) async throws {
        let isOver = Lock(false)
        let sender = sendInPieces(trial, until: isOver)
        let b = trial.b
        var reception = Reception(b)
        for _ in 0..<min(races, racesPerPair) {
            let interruption = trial.interruption(kind)
            let limit = trial.draw([1, 7, 100, 5000])
            let result = await trial.run(interruption) { () async throws(SocketError) in
                try await b.receive(form, limit: limit)
            }
            if case .failure(let error) = result {
                try expect(error.transferredCount == 0, "“\(error)” says that bytes were taken")
            }
            if let bytes = try result.value(orOneOf: interruption.codes, in: "the receive") {
                try expect(!bytes.isEmpty, "the end came before the peer had finished")
                try reception.accept(bytes)
            }
            trial.progress.step()
        }
        isOver.withLock { $0 = true }
        try await reception.drain(form)
        let sent = try await sender.value.get()
        try expect(reception.count == sent, "\(reception.count) bytes came of \(sent)")
    }

    /// Sends small pieces at odd times until the races are over, then finishes.
    private func sendInPieces(
        _ trial: Trial<Stream>,
        until isOver: Lock<Bool>
    ) -> Task<Result<Int, SocketError>, Never> {
        let a = trial.a
        let draws = trial.random.fork()
        return trial.start { () async throws(SocketError) -> Int in
            var draws = draws
            var sent = 0
            while !isOver.withLock({ $0 }) {
                let limit = draws.oneIn(16) ? 6000 : 40
                let size = Int.random(in: 1...limit, using: &draws)
                try await a.send(BytePattern.bytes(at: sent, count: size))
                sent += size
                await Pause.drawn(from: &draws).run()
                // At least one: nothing above needs to wait, and others share the thread.
                await Task.yield()
            }
            try await a.finish()
            return sent
        }
    }
}

/// Races on one pair, so that each begins with what the one before left.
///
/// Arbitrary.
let racesPerPair = 64
