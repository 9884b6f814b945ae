internal import Sockets

/// One run of the suite over one kind of stream; the rules are its extensions in `Rules/`.
struct ContractRun<Stream: ByteStream>: Sendable {
    let label: String
    let races: Int
    let seed: UInt64
    let executor: (any TaskExecutor)?
    let progress: ContractProgress
    let make: @Sendable () async throws -> (Stream, Stream)

    func everyRule() async throws {
        try await orderRules()
        try await endRules()
        try await busyRules()
        try await failureRules()
        try await deadlineRules()
        try await cancellationRules()
        try await receiveRaces()
        try await sendRaces()
        try await closeRaces()
    }

    /// Checks one rule on a fresh pair, `count` times.
    ///
    /// The pair is closed on every path.
    func rule(
        _ name: String,
        count: Int = 1,
        _ body: (Trial<Stream>) async throws -> Void
    ) async throws {
        // A rule's draws depend on its name and the seed, not on the rules before it.
        var random = SeededRandom(
            seed: name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        )
        for race in 0..<count {
            progress.begin(name, race: race)
            do {
                let (a, b) = try await make()
                defer {
                    a.close()
                    b.close()
                }
                let trial = Trial(
                    a,
                    b,
                    random: random.fork(),
                    executor: executor,
                    progress: progress
                )
                try await body(trial)
            } catch {
                throw violation(name, race: race, "\(error)")
            }
        }
    }

    func violation(_ rule: String, race: Int, _ detail: String) -> ContractViolation {
        ContractViolation(label: label, rule: rule, detail: detail, seed: seed, race: race)
    }
}
