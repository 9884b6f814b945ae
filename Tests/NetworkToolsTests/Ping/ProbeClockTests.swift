import Testing

@testable import NetworkTools

struct ProbeClockTests {
    @Test func aStampIsAsOldAsTheSystemsTimeSays() {
        #expect(ProbeClock.age(stamp: 1000, systemTime: 1250) == 250)
    }

    @Test func aClockThatWasSetMakesAStampYoungAndNothingElse() {
        #expect(ProbeClock.age(stamp: 1000, systemTime: 900) == 0)
        #expect(ProbeClock.age(stamp: 1000, systemTime: 3_600_000_000_000) == 0)
        #expect(ProbeClock.age(stamp: .min, systemTime: .max) == 0)
    }
}
