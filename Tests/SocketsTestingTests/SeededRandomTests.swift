import SocketsTesting
import Testing

@Suite("Seeded random numbers")
struct SeededRandomTests {
    @Test func areThoseOfSplitMix64() {
        // The reference implementation's first outputs for the seed 1234567.
        var random = SeededRandom(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }

    @Test func comeAgainWithTheSeed() {
        var first = SeededRandom(seed: 7)
        var second = SeededRandom(seed: 7)
        #expect((0..<100).map { _ in first.next() } == (0..<100).map { _ in second.next() })
    }

    @Test func doNotDependOnTheDrawsOfAFork() {
        var first = SeededRandom(seed: 7)
        var second = SeededRandom(seed: 7)
        var fork = first.fork()
        _ = (fork.next(), fork.next())
        _ = second.fork()
        #expect(first.next() == second.next())
    }
}
