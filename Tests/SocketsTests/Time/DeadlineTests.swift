import Testing

@testable import Sockets

@Suite("A deadline")
struct DeadlineTests {
    private struct OwnError: Error, Equatable {}

    @Test func saturatesInsteadOfOverflowing() {
        #expect(Deadline.after(.seconds(Int64.max)) == .never)
        #expect(Deadline.after(.nanoseconds(Int64.max)) == .never)
        #expect(Deadline.after(.seconds(Int64.min)).hasPassed)
        #expect(Deadline.after(.seconds(-1)).hasPassed)
        #expect(Deadline.after(.zero).hasPassed)
    }

    @Test func neverPassesWhenItIsNever() {
        #expect(!Deadline.never.hasPassed)
        #expect(Deadline.never.remaining == nil)
        #expect(Deadline.after(.seconds(1_000_000_000)) < .never)
    }

    @Test func saysWhatIsLeft() throws {
        let hour = try #require(Deadline.after(.seconds(3600)).remaining)
        #expect(hour > .seconds(3500) && hour <= .seconds(3600))
        #expect(Deadline.after(.seconds(-5)).remaining == .zero)
    }

    @Test func standsForAnInstantOfTheContinuousClock() throws {
        let instant = ContinuousClock.now + .seconds(3600)
        let hour = try #require(Deadline.at(instant).remaining)
        #expect(hour > .seconds(3500) && hour <= .seconds(3600))
        #expect(Deadline.at(ContinuousClock.now - .seconds(1)).hasPassed)
    }

    @Test func isNeverOutsideOfAnyScope() {
        #expect(Deadline.current == .never)
    }

    @Test func nestsByTakingTheEarliest() async {
        let (early, late) = (Deadline.after(.seconds(10)), Deadline.after(.seconds(20)))
        await withDeadline(early) {
            #expect(Deadline.current == early)
            await withDeadline(late) { #expect(Deadline.current == early) }
            await withDeadline(.never) { #expect(Deadline.current == early) }
        }
        await withDeadline(late) {
            await withDeadline(early) { #expect(Deadline.current == early) }
            #expect(Deadline.current == late)
        }
        #expect(Deadline.current == .never)
    }

    @Test func reachesChildTasksAndNoDetachedOnes() async {
        let deadline = Deadline.after(.seconds(10))
        await withDeadline(deadline) {
            async let child = Deadline.current
            let detached = await Task.detached { Deadline.current }.value
            #expect(await child == deadline)
            #expect(detached == .never)
        }
    }

    @Test func passesResultsAndErrorsUnchanged() async {
        #expect(await withDeadline(.after(.seconds(9))) { 7 } == 7)
        await #expect(throws: OwnError()) {
            try await withDeadline(.after(.seconds(-1))) { throw OwnError() }
        }
        // The type of the error is the body's.
        do throws(OwnError) {
            try await withDeadline(Deadline.now) { () async throws(OwnError) in throw OwnError() }
            Issue.record("no error")
        } catch {
            #expect(error == OwnError())
        }
    }

    @Test func leavesABodyAloneThatDoesNotWait() async {
        #expect(await withDeadline(.after(.seconds(-1))) { "done" } == "done")
    }

    @Test(arguments: [
        (Duration.zero, Int64(0)), (.nanoseconds(1), 1), (.seconds(2), 2_000_000_000),
        (.seconds(Int64.max), Int64.max), (.seconds(Int64.min), Int64.min),
        (.seconds(9_223_372_036) + .nanoseconds(854_775_807), Int64.max),
        (.seconds(9_223_372_036) + .nanoseconds(854_775_808), Int64.max),
        (.seconds(-9_223_372_036) - .nanoseconds(854_775_809), Int64.min),
        (.milliseconds(-1500), -1_500_000_000),
    ])
    func countsNanosecondsUpToTheEndsOfTheRange(duration: Duration, nanoseconds: Int64) {
        #expect(duration.clampedNanoseconds == nanoseconds)
    }
}
