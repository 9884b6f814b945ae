import ArgumentParser
import Glibc
import SessionSimulation

/// Runs worlds of sessions, over all cores: `make simulate`.
@main struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs sessions over a bad network in simulation, and accounts for every message."
    )

    @Option(help: "How many worlds to try.")
    var seeds: UInt64 = 100_000

    @Option(help: "The first of them.")
    var first: UInt64 = 0

    @Option(help: "Only this one, again.")
    var seed: UInt64?

    @Option(help: "No new worlds after so many seconds.")
    var seconds: Double?

    @Option(help: "How many at a time.")
    var jobs = sysconf(Int32(_SC_NPROCESSORS_ONLN))

    @Option(help: "A restart of a server with so many sessions, instead.")
    var herd: Int?

    func validate() throws {
        guard (1...SeedsInProgress.workerLimit).contains(jobs) else {
            throw ValidationError("--jobs is 1 to \(SeedsInProgress.workerLimit)")
        }
        guard (1...UInt64(Int32.max)).contains(seeds), first <= .max - seeds else {
            throw ValidationError("there are no such seeds")
        }
        guard (herd ?? 1) > 0 else { throw ValidationError("a herd of nobody") }
    }

    func run() async throws {
        if let herd {
            try HerdReport(sessionCount: herd).run()
            return
        }
        SeedsInProgress.areSaidWhenTrapped()
        let seeds = seed.map { $0..<$0 + 1 } ?? first..<first + seeds
        let search = await SeedSearch(seeds: seeds, workerCount: jobs, seconds: seconds).run()
        if let failure = search.failure {
            print("seed \(failure.seed) failed:")
            for line in failure.lines { print("  \(line)") }
            print("again: make simulate SEED=\(failure.seed)")
            throw ExitCode.failure
        }
        search.printTotals()
    }
}
