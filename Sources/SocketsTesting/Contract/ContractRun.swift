internal import Sockets

/// One run of a suite over one kind of transport; the rules are its extensions in `Rules/` for byte
/// streams, and in `DatagramRules/` for datagrams.
struct ContractRun<Stream: Sendable>: Sendable {
    let label: String
    let races: Int
    let seed: UInt64
    let executor: (any TaskExecutor)?
    let progress = ContractProgress()
    let make: @Sendable () async throws -> (Stream, Stream)
    let close: @Sendable (Stream) -> Void

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
                    close(a)
                    close(b)
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

    /// Runs rules while a watch from outside looks whether anything stands still.
    ///
    /// The tasks that hang are left behind.
    func watched(
        hangLimit: Duration,
        _ rules: @escaping @Sendable () async throws -> Void
    ) async throws {
        let (outcomes, sink) = AsyncStream<Result<Void, any Error>>.makeStream()
        let work = Task(executorPreference: executor) {
            do {
                try await rules()
                sink.yield(.success(()))
            } catch {
                sink.yield(.failure(error))
            }
        }
        let watch = Task.detached {
            while !Task.isCancelled {
                try await Task.sleep(for: watchInterval)
                guard let standing = progress.standingStill(for: hangLimit) else { continue }
                let detail = "an operation hangs: nothing has moved for \(hangLimit)"
                sink.yield(.failure(violation(standing.rule, race: standing.race, detail)))
            }
        }
        defer {
            watch.cancel()
            work.cancel()
        }
        for await outcome in outcomes { return try outcome.get() }
        // The sequence ends early only when the caller's task is cancelled.
        throw CancellationError()
    }
}

extension ContractRun where Stream: ByteStream {
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
}

/// How often the watch looks.
///
/// Arbitrary: fine enough for limits of a second.
private let watchInterval = Duration.milliseconds(100)
