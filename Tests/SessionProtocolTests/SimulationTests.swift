import SessionSimulation
import Testing

/// Seeded worlds; `make simulate` tries many more, and repeats one.
@Suite struct SimulationTests {
    @Test func everySendOfEveryWorldIsAccountedFor() {
        SeedsInProgress.areSaidWhenTrapped()
        var tally = SimulationTally()
        for seed in 0..<UInt64(80) {
            SeedsInProgress.note(seed, worker: 0)
            let world = Simulation(seed: seed)
            for failure in world.run() {
                Issue.record("\(failure): make simulate SEED=\(seed)")
            }
            tally += world.oracle.tally
        }
        // A simulation in which nothing happens proves nothing.
        for (name, sum) in SimulationTally.columns {
            #expect(tally[keyPath: sum] > 10, "hardly any \(name)")
        }
    }

    @Test(arguments: Sabotage.allCases)
    func whatIsBrokenOnPurposeIsFound(_ sabotage: Sabotage) {
        let isFound = (0..<200).contains { seed in
            !Simulation(seed: seed, sabotage: sabotage).run().isEmpty
        }
        #expect(isFound, "nothing notices \(sabotage)")
    }

    /// Ten thousand, a thousand a second, the server back at once.
    @Test func aHerdArrivesEvenly() throws {
        var herd = try Herd(
            sessionCount: 10_000,
            sessionsPerSecond: 1_000,
            downtime: 0,
            seed: 1
        )
        try herd.killServer()
        #expect(herd.attachedCount == 10_000)
        // Each comes twice: its session is refused, and it begins a new one.
        let counts = herd.histogram(span: 500)
        #expect(counts.reduce(0, +) == 20_000)
        for count in counts.prefix(20) { #expect((900...1_100).contains(count), "\(counts)") }
        #expect(counts.dropFirst(20).reduce(0, +) < 100, "\(counts)")
    }

    /// Who came too early tries again in between the others.
    @Test func aServerThatIsAwayForASecondIsNotRunDown() throws {
        var herd = try Herd(
            sessionCount: 10_000,
            sessionsPerSecond: 1_000,
            downtime: 1_000,
            seed: 2
        )
        try herd.killServer()
        #expect(herd.attachedCount == 10_000)
        let counts = herd.histogram(span: 500)
        #expect(counts.allSatisfy { $0 < 3_000 }, "\(counts)")
        #expect(counts.count <= 24, "\(counts)")
    }
}
