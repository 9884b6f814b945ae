import SocketsTesting
import Testing

@testable import NetworkTools

struct ProbeArrivalTests {
    @Test func aStampIsAsOldAsTheSystemsTimeSays() {
        #expect(ProbeArrival.age(stamp: 1000, systemTime: 1250) == 250)
    }

    @Test func aClockThatWasSetMakesAStampYoungAndNothingElse() {
        #expect(ProbeArrival.age(stamp: 1000, systemTime: 900) == 0)
        #expect(ProbeArrival.age(stamp: 1000, systemTime: 3_600_000_000_000) == 0)
        #expect(ProbeArrival.age(stamp: .min, systemTime: .max) == 0)
    }

    @Test func aRoundTripIsTheTimeFromSendingToTheStamp() {
        // Stamped 40 µs after it was sent, read 300 µs later.
        let reading = ClockReading(systemTime: 9_000_340_000, after: 1_340_000, width: 100)
        let arrival = ProbeArrival(stamp: 9_000_040_000, reading)
        #expect(arrival.nanoseconds(since: 1_000_000) == 40_000)
    }

    @Test func aClockSetForwardUnderWayLeavesTheTimeOfReading() {
        // Half a second forward between stamp and reading: the stamp seems older than the request.
        let reading = ClockReading(systemTime: 9_500_340_000, after: 1_340_000, width: 100)
        let arrival = ProbeArrival(stamp: 9_000_040_000, reading)
        #expect(arrival.nanoseconds(since: 1_000_000) == 340_000)
    }

    @Test func nothingArrivesBeforeItWasSent() {
        #expect(ProbeArrival(at: 500).nanoseconds(since: 500) == 1)
        #expect(ProbeArrival(at: 499).nanoseconds(since: 500) == 1)
    }

    /// The program may lose the processor between any two of its readings; the clock may be set
    /// between the stamp and them.
    @Test func whateverHappensBetweenTheReadingsTheErrorIsUpwardAndBounded() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for _ in 0..<100_000 {
            // Monotonic times, in nanoseconds, and what the system's time is ahead of them.
            let ahead = Int64.random(in: 0...4_000_000_000_000_000_000, using: &random)
            let sentAt = Int64.random(in: 0...1_000_000_000_000, using: &random)
            let roundTrip = Int64.random(in: 1...10_000_000, using: &random)
            let stampedAt = sentAt + roundTrip
            let before = stampedAt + pause(&random)
            let systemAt = before + pause(&random)
            let after = systemAt + pause(&random)
            let reading = ClockReading(
                systemTime: ahead + systemAt,
                after: after,
                width: after - before
            )
            let arrival = ProbeArrival(stamp: ahead + stampedAt, reading)
            let measured = arrival.nanoseconds(since: sentAt)
            guard measured >= roundTrip, measured <= roundTrip + reading.width else {
                Issue.record(
                    "\(measured) ns for \(roundTrip) ns; SOCK_TEST_SEED=\(SeededRandom.testSeed)"
                )
                return
            }
            let step = Int64.random(in: -2_000_000_000...2_000_000_000, using: &random)
            let set = ClockReading(
                systemTime: reading.systemTime + step,
                after: after,
                width: reading.width
            )
            let odd = ProbeArrival(stamp: ahead + stampedAt, set).nanoseconds(since: sentAt)
            #expect(odd > 0 && odd <= after - sentAt)
        }
    }

    /// Mostly nothing; sometimes a time slice.
    private func pause(_ random: inout SeededRandom) -> Int64 {
        Int64.random(in: 0..<10, using: &random) == 0
            ? .random(in: 0...50_000_000, using: &random) : .random(in: 0...200, using: &random)
    }
}
