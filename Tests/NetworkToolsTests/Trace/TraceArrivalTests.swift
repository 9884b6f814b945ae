import Sockets
import Testing

@testable import NetworkTools

/// Times of a trace, by the kernel's stamps.
struct TraceArrivalTests {
    @Test func noHopIsReachedInNoTime() throws {
        var table = TraceTable(TraceConfiguration(maxHops: 2, queries: 1))
        table.send(at: 1_000)
        // The clock was set forward under way: the stamp seems older than the probe.
        let reading = ClockReading(systemTime: 5_000_000, after: 41_000, width: 100)
        table.answer(
            0,
            .hop,
            from: .v4(.loopback),
            at: ProbeArrival(stamp: 4_900_000, reading),
            sentAt: nil
        )
        let outcome = try #require(table.rows.first?.outcomes.first)
        guard case .answered(let answer) = outcome else {
            Issue.record("\(outcome) is no answer")
            return
        }
        #expect(answer.time == .nanoseconds(40_000))
    }

    @Test func bothClocksAtOnceAreStillATime() throws {
        var table = TraceTable(TraceConfiguration(maxHops: 1, queries: 1))
        table.send(at: 500)
        table.answer(0, .destination, from: .v4(.loopback), at: 500)
        #expect(table.hasReached && table.isComplete)
        let outcome = try #require(table.rows.first?.outcomes.first)
        guard case .answered(let answer) = outcome else { return }
        #expect(answer.time > .zero)
    }
}
