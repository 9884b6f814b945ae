internal import Synchronization

/// How much one direction of a connection has moved since it last had to wait.
///
/// Touched by the operation inside the direction only.
struct Streak: ~Copyable, Sendable {
    /// Bytes moved without waiting before the others of the loop get a turn.
    ///
    /// Arbitrary: some hundred microseconds of copying.
    static let limit = 1 << 20

    /// What an operation counts at least, so that many small ones end a turn too.
    private static let leastCount = 4096

    private let amount = Atomic<Int>(0)

    @inline(__always)
    func add(_ count: Int) {
        let sum = amount.load(ordering: .relaxed) &+ max(count, Self.leastCount)
        amount.store(sum, ordering: .relaxed)
    }

    var isOver: Bool { amount.load(ordering: .relaxed) >= Self.limit }

    func end() { amount.store(0, ordering: .relaxed) }
}
