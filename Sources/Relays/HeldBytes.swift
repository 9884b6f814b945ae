internal import Synchronization

/// What all connections of a relay keep together, in bytes.
///
/// One direction may always keep one piece, whatever the others do: when that has gone, it looks again,
/// and so nobody needs to be woken when there is room.
package final class HeldBytes: Sendable {
    /// All of them together.
    ///
    /// Arbitrary: sixty delayed directions at their usual limit.
    package static let usualLimit = 256 << 20

    private let limit: Int
    private let size = Atomic<Int>(0)

    package init(limit: Int = usualLimit) { self.limit = limit }

    var hasRoom: Bool { size.load(ordering: .relaxed) < limit }

    /// One direction keeps so many bytes more, or fewer.
    func change(by difference: Int) { size.add(difference, ordering: .relaxed) }
}
