/// What happens to one connection at which age.
package struct FaultTimetable: Sendable {
    /// What happens.
    package enum Event: Sendable, Hashable {
        case blackHole
        case drop
    }

    private var events: [(age: Duration, event: Event)] = []

    /// The timetable of each connection with these faults.
    package init(_ faults: RelayFaults) {
        if let age = faults.blackHoleAfter { events.append((age, .blackHole)) }
        if let age = faults.dropInterval { events.append((age, .drop)) }
        // At the same age a drop is last: there is nothing after it.
        events.sort { $0.age < $1.age }
    }

    /// What happens next, and at which age; nil when nothing more does.
    package mutating func next() -> (age: Duration, event: Event)? {
        events.isEmpty ? nil : events.removeFirst()
    }
}
