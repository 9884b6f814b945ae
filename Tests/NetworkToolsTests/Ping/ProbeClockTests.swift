import Testing

@testable import NetworkTools

struct ProbeClockTests {
    @Test func readingsOfBothClocksAreCloseTogether() {
        // The clock of the machine, whatever else it does: only the order is certain.
        let before = ProbeClock.now
        let arrival = ProbeClock.arrival(stamp: nil)
        #expect(arrival.time >= before && arrival.readAt == arrival.time)
        #expect(arrival.nanoseconds(since: before) > 0)
    }

    @Test func aStampOfLongAgoIsNoStamp() {
        let before = ProbeClock.now
        #expect(ProbeClock.arrival(stamp: .zero).time >= before)
        #expect(ProbeClock.arrival(stamp: .seconds(Int64.max)).time >= before)
        #expect(ProbeClock.arrival(stamp: .seconds(Int64.min)).time >= before)
    }
}
