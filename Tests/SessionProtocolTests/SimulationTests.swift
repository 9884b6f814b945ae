import Testing

@testable import SessionProtocol

/// Seeded worlds; see ``Simulation``.
///
/// `SOCK_SIMULATION_SEED` replays one seed, `SOCK_SIMULATION_COUNT` sets how many are tried.
@Suite struct SimulationTests {
    @Test func everySendOfEveryWorldIsAccountedFor() {
        var delivered = 0
        var unknown = 0
        var gaps = 0
        var resumes = 0
        SimulationSeeds.sayCurrentSeedWhenTrapped()
        for seed in SimulationSeeds.seeds {
            unsafe SimulationSeeds.current = seed
            let world = Simulation(seed: seed)
            let failures = world.run(steps: SimulationSeeds.stepCount)
            if !failures.isEmpty {
                Issue.record("SOCK_SIMULATION_SEED=\(seed)\n\(failures.joined(separator: "\n"))")
                if SimulationSeeds.isSearching { return }
            }
            delivered += world.oracle.deliveredCount
            unknown += world.oracle.unknownCount
            gaps += world.oracle.gapCount
            resumes += world.oracle.resumeCount
        }
        // A simulation in which nothing happens proves nothing.
        guard SimulationSeeds.isSearching else { return }
        #expect(delivered > 10 * SimulationSeeds.seeds.count)
        #expect(unknown > SimulationSeeds.seeds.count / 10)
        #expect(gaps > SimulationSeeds.seeds.count)
        #expect(resumes > SimulationSeeds.seeds.count)
    }

    @Test(arguments: Simulation.Sabotage.allCases)
    func whatIsBrokenOnPurposeIsFound(_ sabotage: Simulation.Sabotage) {
        let isFound = (0..<200).contains { seed in
            !Simulation(seed: seed, sabotage: sabotage).run(steps: 300).isEmpty
        }
        #expect(isFound, "nothing notices \(sabotage)")
    }
}
