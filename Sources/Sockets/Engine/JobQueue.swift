/// The jobs that are ready on one loop: a ring that grows, used by the loop's own thread only.
@safe struct JobQueue: ~Copyable {
    private var slots: UnsafeMutablePointer<UnownedJob>
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
    mutating func append(_ job: UnownedJob) {
        if count > mask { grow() }
        unsafe (slots + ((head &+ count) & mask)).initialize(to: job)
        count &+= 1
    }

    @inline(__always)
    mutating func popFirst() -> UnownedJob? {
        if count == 0 { return nil }
        let job = unsafe slots[head]
        head = (head &+ 1) & mask
        count &-= 1
        return job
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<UnownedJob>.allocate(capacity: (mask + 1) * 2)
        for index in 0..<count {
            unsafe (larger + index).initialize(to: slots[(head + index) & mask])
        }
        unsafe slots.deallocate()
        unsafe slots = larger
        mask = (mask + 1) * 2 - 1
        head = 0
    }
}
