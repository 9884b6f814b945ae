import Glibc
import SessionSimulation

/// Tries seeds, several at a time, until one fails or none is left.
struct SeedSearch {
    struct Failure {
        let seed: UInt64
        let lines: [String]
    }

    /// What a worker has done with a few seeds.
    private struct Part {
        let worker: Int
        var tally = SimulationTally()
        var seedCount: UInt64 = 0
        var failure: Failure?
    }

    let seeds: Range<UInt64>
    let workerCount: Int
    /// No part is begun later than this after the start.
    let timeLimit: Duration?
    private(set) var tally = SimulationTally()
    private(set) var seedCount: UInt64 = 0
    private(set) var failure: Failure?

    /// Seeds a worker takes at a time: few enough for all to end together.
    private static let partSize: UInt64 = 100
    private static let secondsBetweenWords = 5.0
    /// After how many steps of an end its invariants are checked, where there are many worlds.
    ///
    /// After each would take longer than all the rest; what breaks one mostly stays broken.
    private static let checkIntervalOfMany = 8

    init(seeds: Range<UInt64>, workerCount: Int, seconds: Double? = nil) {
        self.seeds = seeds
        self.workerCount = workerCount
        timeLimit = seconds.map { .seconds($0) }
    }

    /// The finished search; of several failures it has the least seed.
    func run() async -> SeedSearch {
        var search = self
        let start = ContinuousClock.now
        var lastWord = Duration.zero
        await withTaskGroup(of: Part.self) { group in
            var next = seeds.lowerBound
            func begin(_ worker: Int) {
                guard next < seeds.upperBound else { return }
                let part = next..<min(next + Self.partSize, seeds.upperBound)
                next = part.upperBound
                group.addTask { tryAll(part, worker) }
            }
            for worker in 0..<workerCount { begin(worker) }
            for await part in group {
                search.add(part)
                let time = start.duration(to: .now)
                let isOver = timeLimit.map { time > $0 } ?? false
                if search.failure == nil, !isOver { begin(part.worker) }
                if time - lastWord > .seconds(Self.secondsBetweenWords) {
                    lastWord = time
                    search.sayProgress(time)
                }
            }
        }
        return search
    }

    private func tryAll(_ seeds: Range<UInt64>, _ worker: Int) -> Part {
        var part = Part(worker: worker)
        let checkInterval = self.seeds.count == 1 ? 1 : Self.checkIntervalOfMany
        for seed in seeds {
            SeedsInProgress.note(seed, worker: worker)
            let world = Simulation(seed: seed, checkInterval: checkInterval)
            let failures = world.run()
            part.tally += world.oracle.tally
            part.seedCount += 1
            if !failures.isEmpty {
                part.failure = Failure(seed: seed, lines: failures)
                break
            }
        }
        return part
    }

    private mutating func add(_ part: Part) {
        tally += part.tally
        seedCount += part.seedCount
        guard let found = part.failure else { return }
        if failure.map({ found.seed < $0.seed }) ?? true { failure = found }
    }

    private func sayProgress(_ time: Duration) {
        let rate = Double(seedCount) / (time / .seconds(1))
        let line = "\(seedCount) of \(seeds.count) seeds, \(Int(rate)) a second\n"
        _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
    }

    /// What happened in all worlds together, and in one of them on average.
    func printTotals() {
        if seedCount < seeds.count { print("time is over with \(seeds.count) seeds not all tried") }
        print("\(seedCount) seeds, nothing unaccounted for; each sum, and its mean for a seed:")
        let hours = Double(tally.microseconds) / 3_600_000_000
        print("\(hours.rounded()) hours of simulated time")
        for (name, sum) in SimulationTally.columns {
            let total = tally[keyPath: sum]
            let mean = Double(total) / Double(seedCount)
            print(Self.row(name, String(total), String((mean * 100).rounded() / 100)))
        }
    }

    private static func row(_ name: String, _ total: String, _ mean: String) -> String {
        func pad(_ word: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - word.count)) + word
        }
        return name + pad(total, 34 - name.count) + pad(mean, 14)
    }
}
