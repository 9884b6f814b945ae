import SessionProtocol
import Sockets
import Testing

@testable import Sessions

@Suite struct SessionClockTests {
    @Test func momentsAndDeadlinesAreTurnedIntoEachOther() throws {
        let reading = SessionClock.Reading(
            boottime: 5_000_000_000,
            monotonic: Deadline(nanoseconds: 900_000_000)
        )
        let deadline = Deadline(nanoseconds: 1_900_000_000)
        let moment = reading.instant(of: deadline)
        #expect(moment == SessionInstant(microseconds: 6_000_000))
        #expect(reading.deadline(of: moment) == deadline)
        #expect(reading.deadline(of: SessionInstant(microseconds: .max)) == .never)
        // What is past stays past, and nothing overflows.
        #expect(reading.instant(of: Deadline(nanoseconds: 0)) < moment)
        #expect(reading.instant(of: Deadline(nanoseconds: .min)).microseconds == 0)
        #expect(reading.deadline(of: SessionInstant(microseconds: 0)).nanoseconds < 0)
    }

    /// A message must not live longer because its receiver has slept.
    @Test func aMomentComesSoonerAfterASleep() throws {
        let before = SessionClock.Reading(
            boottime: 1_000_000_000,
            monotonic: Deadline(nanoseconds: 1_000_000_000)
        )
        // Half a second of work, and nine of sleep.
        let after = SessionClock.Reading(
            boottime: 10_500_000_000,
            monotonic: Deadline(nanoseconds: 1_500_000_000)
        )
        let moment = before.instant(of: Deadline(nanoseconds: 11_000_000_000))
        #expect(before.deadline(of: moment) == Deadline(nanoseconds: 11_000_000_000))
        #expect(after.deadline(of: moment) == Deadline(nanoseconds: 2_000_000_000))
    }

    @Test func aTimerIsNeverSetForTooEarly() {
        for _ in 0..<1_000 {
            let moment = SessionClock.now
            let deadline = SessionClock.deadline(of: moment)
            while !deadline.hasPassed {}
            #expect(SessionClock.now >= moment)
        }
    }
}
