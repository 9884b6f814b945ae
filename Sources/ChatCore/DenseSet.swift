/// A set that is listed as an array: insert, remove and look up in constant time, list without
/// a copy.
///
/// A broadcast walks the members of a room thousands of times for each that comes or goes, and
/// `Set` walks its empty buckets too, which it keeps after a mass departure. The order depends
/// on nothing but the calls made, so the same commands always list the same way.
struct DenseSet<Element: Hashable & Sendable>: Sendable {
    /// The elements: in order of arrival, but the last takes the place of one that leaves.
    private(set) var elements: [Element] = []
    private var positions: [Element: Int] = [:]

    var count: Int { elements.count }
    var isEmpty: Bool { elements.isEmpty }

    func contains(_ element: Element) -> Bool { positions[element] != nil }

    /// Adds an element that is not there.
    mutating func insert(_ element: Element) {
        let previous = positions.updateValue(elements.count, forKey: element)
        precondition(previous == nil, "an element is inserted once")
        elements.append(element)
    }

    /// Takes out an element that is there.
    mutating func remove(_ element: Element) {
        guard let position = positions.removeValue(forKey: element) else {
            preconditionFailure("an element is removed once")
        }
        let last = elements.removeLast()
        if position < elements.count {
            elements[position] = last
            positions[last] = position
        }
        // Gives the memory of a large crowd back when it is gone.
        if elements.isEmpty { self = DenseSet() }
    }

    /// Traps unless the array and the index agree.
    func checkInvariants() {
        precondition(elements.count == positions.count, "every element has one position")
        for (position, element) in elements.enumerated() {
            precondition(positions[element] == position, "an element is where its index says")
        }
    }
}
