import Testing

@testable import NetworkTools

struct PingTimetableTests {
    private func timetable(_ targets: Int, count: Int?, interval: Duration) -> PingTimetable {
        PingTimetable(
            targetCount: targets,
            configuration: PingConfiguration(count: count, interval: interval),
            start: 0
        )
    }

    @Test func eachTargetIsAskedOnceAnInterval() {
        var timetable = timetable(2, count: 2, interval: .milliseconds(100))
        #expect(timetable.takeDue(at: 0) == 0)
        #expect(timetable.takeDue(at: 0) == nil)
        #expect(timetable.next(after: nil) == 10_000_000)
        #expect(timetable.takeDue(at: 10_000_000) == 1)
        #expect(timetable.next(after: 50) == 50)
        #expect(timetable.takeDue(at: 100_000_000) == 0)
        #expect(timetable.takeDue(at: 110_000_000) == 1)
        #expect(timetable.takeDue(at: 900_000_000) == nil)
        #expect(timetable.next(after: nil) == nil)
        #expect(timetable.next(after: 7) == 7)
    }

    @Test func nothingIsMadeUpForAfterASleep() {
        var timetable = timetable(1, count: nil, interval: .milliseconds(100))
        #expect(timetable.takeDue(at: 0) == 0)
        #expect(timetable.takeDue(at: 10_000_000_000) == 0)
        #expect(timetable.takeDue(at: 10_000_000_000) == nil)
        #expect(timetable.takeDue(at: 10_100_000_000) == 0)
    }
}
