/// A job, and which of a loop's two executors it was given to.
///
/// The runtime compares the executor a job runs on with the one its task wants, and would send it
/// round again if they differed.
struct LoopJob {
    let job: UnownedJob
    /// For code isolated to an actor on the loop; otherwise for a task that prefers the loop.
    let isIsolated: Bool
}

/// The jobs that are ready on one loop: a ring that grows, used by the loop's own thread only.
@safe struct JobQueue: ~Copyable {
    private var slots: UnsafeMutablePointer<LoopJob>
    private var mask: Int
    private var head = 0
    private(set) var count = 0

    /// A power of two; arbitrary: a ring this small is never seen in a profile.
    private static let initialCapacity = 256

    init() {
        unsafe slots = .allocate(capacity: Self.initialCapacity)
        mask = Self.initialCapacity - 1
    }

    deinit { unsafe slots.deallocate() }

    @inline(__always)
    mutating func append(_ job: LoopJob) {
        if count > mask { grow() }
        unsafe (slots + ((head &+ count) & mask)).initialize(to: job)
        count &+= 1
    }

    @inline(__always)
    mutating func popFirst() -> LoopJob? {
        if count == 0 { return nil }
        let job = unsafe slots[head]
        head = (head &+ 1) & mask
        count &-= 1
        return job
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<LoopJob>.allocate(capacity: (mask + 1) * 2)
        for index in 0..<count {
            unsafe (larger + index).initialize(to: slots[(head + index) & mask])
        }
        unsafe slots.deallocate()
        unsafe slots = larger
        mask = (mask + 1) * 2 - 1
        head = 0
    }
}
