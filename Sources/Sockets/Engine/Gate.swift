internal import Synchronization

/// One direction of a socket: who is inside, whether the kernel said "ready", and who waits.
///
/// Everything is in one word, so that an operation costs one compare-and-swap to enter and one to
/// leave, and there is no lock a waker could hold.
///
/// Rule 1. At most one operation is inside (`busy`); a second is refused, never queued.
/// Rule 2. Entering takes the readiness away *before* the system call. An event that arrives during
///         the call puts it back, so no edge is lost whoever wins.
/// Rule 3. Only the operation inside publishes a continuation, and only if nothing has happened
///         since; whoever swaps the pointer out of the word resumes it, so it is resumed once.
/// Rule 4. A wake-up is a hint. The woken operation looks at the world again: closed, ready,
///         cancelled, past its deadline, or none of these (then it waits again).
/// Rule 5. After `close`, nobody enters; the operation inside is told by `leave` that it must
///         release the direction's share of the descriptor.
@safe struct Gate: ~Copyable, Sendable {
    /// A suspended operation, or nobody.
    ///
    /// A plain word, because an optional continuation is passed around through memory.
    @safe struct Waiter {
        fileprivate let pointer: UInt

        /// Resumes the operation, if there is one.
        @inline(__always)
        func resume() {
            guard pointer != 0 else { return }
            // Only `publish` puts a pointer into a gate, and the swap that read it took it out.
            unsafe unsafeBitCast(pointer, to: UnsafeContinuation<Void, Never>.self).resume()
        }
    }

    /// The flags live in the four low bits: a continuation's address is a multiple of 16.
    private enum Flag {
        static let busy: UInt = 1
        static let ready: UInt = 2
        static let hangUp: UInt = 4
        static let closed: UInt = 8
        static let all: UInt = 15
    }

    /// What an operation that knocks is told.
    enum Entry {
        case ready
        case notReady
        case busy
        case closed
    }

    /// What the woken operation finds.
    enum Finding {
        case ready
        case closed
        case nothing
    }

    private let word: Atomic<UInt>

    /// `ready` is right for a new descriptor: the first call finds out by itself.
    init() { word = Atomic(Flag.ready) }

    @inline(__always)
    func enter() -> Entry {
        var seen = word.load(ordering: .relaxed)
        while true {
            if seen & (Flag.busy | Flag.closed) != 0 {
                return seen & Flag.closed != 0 ? .closed : .busy
            }
            let (done, now) = word.weakCompareExchange(
                expected: seen,
                desired: (seen | Flag.busy) & ~Flag.ready,
                ordering: .acquiringAndReleasing
            )
            if done { return seen & (Flag.ready | Flag.hangUp) != 0 ? .ready : .notReady }
            seen = now
        }
    }

    /// Leaves; `ready` says that the next call is likely to succeed.
    ///
    /// True when the gate was closed meanwhile and the caller must release the direction's share of
    /// the descriptor.
    @inline(__always)
    func leave(ready: Bool) -> Bool {
        var seen = word.load(ordering: .relaxed)
        while true {
            let (done, now) = word.weakCompareExchange(
                expected: seen,
                desired: (seen & ~Flag.busy) | (ready ? Flag.ready : 0),
                ordering: .acquiringAndReleasing
            )
            if done { return seen & Flag.closed != 0 }
            seen = now
        }
    }

    /// Publishes the continuation of the operation inside.
    ///
    /// False when something has happened already and it must not sleep.
    func publish(_ waiter: UnsafeContinuation<Void, Never>) -> Bool {
        let pointer = unsafe unsafeBitCast(waiter, to: UInt.self)
        assert(pointer & Flag.all == 0, "a continuation that is not aligned to 16 bytes")
        var seen = word.load(ordering: .relaxed)
        while true {
            if seen & (Flag.ready | Flag.hangUp | Flag.closed) != 0 { return false }
            let (done, now) = word.weakCompareExchange(
                expected: seen,
                desired: seen | pointer,
                ordering: .sequentiallyConsistent
            )
            if done { return true }
            seen = now
        }
    }

    /// Takes the waiter out, if there is one, and nothing else: for cancellation and deadlines.
    func takeWaiter() -> Waiter { take(adding: 0) }

    /// What an event of the kernel does: marks the direction and takes the waiter out.
    @inline(__always)
    func becomeReady(hangUp: Bool) -> Waiter {
        take(adding: hangUp ? Flag.ready | Flag.hangUp : Flag.ready)
    }

    /// Refuses all new operations.
    ///
    /// Tells whether one is inside, and takes its continuation out.
    func close() -> (busy: Bool, waiter: Waiter) {
        var seen = word.load(ordering: .relaxed)
        while true {
            let (done, now) = word.weakCompareExchange(
                expected: seen,
                desired: (seen & Flag.all) | Flag.closed,
                ordering: .acquiringAndReleasing
            )
            if done { return (seen & Flag.busy != 0, Waiter(pointer: seen & ~Flag.all)) }
            seen = now
        }
    }

    /// Called by the operation inside after a wake-up: takes the readiness away again (rule 2).
    func look() -> Finding {
        let seen = word.bitwiseAnd(~Flag.ready, ordering: .acquiringAndReleasing).oldValue
        if seen & Flag.closed != 0 { return .closed }
        return seen & (Flag.ready | Flag.hangUp) != 0 ? .ready : .nothing
    }

    /// A hang-up normally means that no call would block again.
    ///
    /// When one did all the same, the operation inside takes the mark back, or it would spin. Not
    /// when an event has come since the operation entered or looked: the hang-up may have come with
    /// it, after the call, and is reported only once.
    func forgetHangUp() {
        var seen = word.load(ordering: .relaxed)
        while seen & Flag.hangUp != 0, seen & Flag.ready == 0 {
            let (done, now) = word.weakCompareExchange(
                expected: seen,
                desired: seen & ~Flag.hangUp,
                ordering: .relaxed
            )
            if done { return }
            seen = now
        }
    }

    @inline(__always)
    private func take(adding flags: UInt) -> Waiter {
        var seen = word.load(ordering: .relaxed)
        while true {
            let (done, now) = word.weakCompareExchange(
                expected: seen,
                desired: (seen & Flag.all) | flags,
                ordering: .sequentiallyConsistent
            )
            if done { return Waiter(pointer: seen & ~Flag.all) }
            seen = now
        }
    }
}
