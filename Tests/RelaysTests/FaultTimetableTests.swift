import Testing

@testable import Relays

@Suite struct FaultTimetableTests {
    private func events(_ faults: RelayFaults) -> [FaultTimetable.Event] {
        var timetable = FaultTimetable(faults)
        var events: [FaultTimetable.Event] = []
        while let next = timetable.next() { events.append(next.event) }
        return events
    }

    @Test func nothingIsAskedForAndNothingHappens() {
        #expect(events(.init(delay: .seconds(1))).isEmpty)
    }

    @Test func eventsComeInTheOrderOfTheirAges() {
        let hole = Duration.seconds(2)
        #expect(
            events(.init(dropInterval: .seconds(1), blackHoleAfter: hole)) == [.drop, .blackHole]
        )
        #expect(
            events(.init(dropInterval: .seconds(3), blackHoleAfter: hole)) == [.blackHole, .drop]
        )
    }
}
