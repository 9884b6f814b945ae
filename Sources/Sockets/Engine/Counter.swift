internal import Synchronization

/// A count that one thread (or one operation at a time) adds to and anyone may read.
///
/// A load and a store instead of an atomic add: there is one writer, so nothing can be lost, and it
/// costs what a plain integer costs.
struct Counter: ~Copyable, Sendable {
    private let value = Atomic<Int>(0)

    @inline(__always)
    func add(_ amount: Int = 1) {
        value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    var count: Int { value.load(ordering: .relaxed) }
}
