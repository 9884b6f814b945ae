import SocketsTesting

/// Runs something many times with draws of its own.
func forEachCancellation(
    count: Int = 400,
    _ body: (inout SeededRandom) async throws -> Void
) async throws {
    var random = SeededRandom(seed: SeededRandom.testSeed)
    for _ in 0..<count { try await body(&random) }
}

/// Cancels tasks at drawn times, and waits for all of them, however they end.
func cancel(_ tasks: [Task<Void, any Error>], at random: inout SeededRandom) async {
    for task in tasks.shuffled(using: &random) {
        // Up to 300 µs: connecting on loopback, with its hops, takes about that.
        let time = ContinuousClock.now + .nanoseconds(Int.random(in: 0...300_000, using: &random))
        while ContinuousClock.now < time { await Task.yield() }
        task.cancel()
    }
    for task in tasks { _ = await task.result }
}
