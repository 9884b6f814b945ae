internal import Synchronization

/// A descriptor, the loop that watches it, and its two gates: what every kind of socket is made of.
///
/// Closing takes three steps: the gates refuse new work, the waiters are woken, and the descriptor
/// is closed by whoever leaves last. Its number can therefore not be reused by the kernel while a
/// system call of ours may still name it.
@safe final class PolledSocket: @unchecked Sendable {
    // "@unchecked": the descriptor is immutable, the gates and the counts are atomic, the timers
    // belong to the loop's thread, `home` is written before the socket is shared.

    let loop: EventLoop
    /// Who takes the errors of the kernel's error queue, for sockets that have one.
    private let errors: (any ErrorCollector)?
    private let descriptor: CInt
    let reading = Gate()
    let writing = Gate()

    /// Who may still make system calls: the owner, the two directions, and calls like setsockopt.
    ///
    /// The descriptor is closed when it reaches zero. The top bit: closing has begun.
    private let holders = Atomic<UInt32>(PolledSocket.initialHolders)
    private static let initialHolders: UInt32 = 3
    private static let closing: UInt32 = 1 << 31

    private let registration = Atomic<UInt8>(0)
    private enum Registration {
        static let begun: UInt8 = 1
        static let done: UInt8 = 2
        /// Somebody waits to write to a socket that is otherwise watched for reading only.
        static let writing: UInt8 = 4
        /// A pump is inside the reading direction, and wants to know of a close.
        static let pumped: UInt8 = 8
        /// Who serves it was cancelled: the pump is to end.
        static let cancelled: UInt8 = 16
    }

    /// What takes in what comes, if no task does; the loop's thread only.
    private(set) var pump: SocketPump?

    /// What the loop watches while nobody waits to write.
    private let interest: Interest

    /// Set when something was seen that receives stop at: a short one then says nothing about the
    /// queue.
    private let borderSeen = Atomic<Bool>(false)

    /// The deadlines of the two waiters, in nanoseconds of the monotonic clock.
    let readingDeadline = Atomic<Int64>(.max)
    let writingDeadline = Atomic<Int64>(.max)
    /// The loop's thread only; made when the first deadline is.
    var timer: WaitTimer?

    /// The task whose cancellation already wakes this socket's waiters (see ``beAtHome()``), or
    /// zero.
    ///
    /// Only compared, never followed.
    private let home = Atomic<UInt>(0)

    /// Takes ownership of the descriptor.
    ///
    /// The interest is `.reading` for datagrams, which leave the send buffer one by one: each would be
    /// an event that says the socket is writable, and double the loop's polls.
    init(
        _ descriptor: consuming Descriptor,
        loop: EventLoop,
        interest: Interest = .both,
        errors: (any ErrorCollector)? = nil
    ) {
        self.descriptor = descriptor.release()
        self.loop = loop
        self.interest = interest
        self.errors = errors
    }

    deinit {
        // Whoever owns a socket closes it; the last resort for an owner that forgot both.
        if holders.load(ordering: .acquiring) != Self.closing { _ = Descriptor(descriptor) }
    }

    // MARK: Operations

    /// Starts an operation in a direction.
    ///
    /// Every `.ready` and `.notReady` is followed by one `leave`.
    @inline(__always)
    func enter(_ direction: Direction) -> Gate.Entry {
        direction == .reading ? reading.enter() : writing.enter()
    }

    /// Ends an operation; `ready` says that the next call is likely to succeed.
    @inline(__always)
    func leave(_ direction: Direction, ready: Bool) {
        let mustRelease =
            direction == .reading ? reading.leave(ready: ready) : writing.leave(ready: ready)
        if mustRelease { release() }
    }

    /// The number, for a system call between `enter` and `leave`.
    @inline(__always)
    var number: CInt { descriptor }

    /// Whether a receive that was shorter than asked means that the queue is empty.
    @inline(__always)
    var shortReceiveMeansEmpty: Bool { !borderSeen.load(ordering: .relaxed) }

    /// Remembers that receives stop at more than the end of the queue: at out-of-band data, or at
    /// descriptors that were passed.
    func noteBorder() { borderSeen.store(true, ordering: .relaxed) }

    /// Runs a system call that belongs to no direction (options, addresses, shutdown), or returns
    /// nil when the socket is closed.
    func withNumber<Result>(_ body: (CInt) -> Result) -> Result? {
        var seen = holders.load(ordering: .relaxed)
        while true {
            if seen & Self.closing != 0 { return nil }
            let (done, now) = holders.weakCompareExchange(
                expected: seen,
                desired: seen + 1,
                ordering: .acquiringAndReleasing
            )
            if done { break }
            seen = now
        }
        defer { release() }
        return body(descriptor)
    }

    // MARK: Closing

    var isClosed: Bool { holders.load(ordering: .acquiring) & Self.closing != 0 }

    /// Closes; the waiting operations end with "closed".
    ///
    /// Any thread, any number of times; true for the one call that did it.
    @discardableResult
    func close() -> Bool {
        let before = holders.bitwiseOr(Self.closing, ordering: .acquiringAndReleasing).oldValue
        guard before & Self.closing == 0 else { return false }
        closeGate(reading.close())
        closeGate(writing.close())
        if isPumped { loop.post(.wake(self)) }
        errors?.close()
        release()
        return true
    }

    private func closeGate(_ state: (busy: Bool, waiter: Gate.Waiter)) {
        state.waiter.resume()
        // An operation inside releases the direction's share itself when it leaves.
        if !state.busy { release() }
    }

    private func release() {
        let now = holders.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        guard now == Self.closing else { return }
        // Last one out. Explicitly removed from the poller: a child process between fork and exec
        // may hold the file open, and its events would name a socket that is gone.
        let registered = isRegistered
        if registered { loop.unregister(descriptor) }
        _ = Descriptor(descriptor)
        if registered {
            // Balances the reference taken in `register`, once no fetched event can name us.
            loop.retire(unsafe Unmanaged.passUnretained(self).takeRetainedValue())
        }
    }

    // MARK: Waiting

    /// Why a wait ended.
    enum Wake {
        case ready
        case closed
        case cancelled
        case deadlinePassed
        /// The poller refused the socket, with this errno.
        case failed(CInt)
    }

    /// Suspends the operation inside a direction until it can go on.
    ///
    /// Costs the idle loop nothing: no allocation, and a timer only when there is a deadline.
    ///
    /// The older entry point of the standard library's continuations is used, which leaves the
    /// executor alone: the newer one hops twice a wait, each time with a locked look-up of the
    /// task's executor preference (docs/decisions/0012-one-look-up-a-wait.md).
    @inline(__always)  // one asynchronous frame for the whole wait, not three
    func wait(_ direction: Direction, until deadline: Deadline) async -> Wake {
        let error = register()
        if error != 0 { return .failed(error) }
        if direction == .writing, interest == .reading { watchWriting() }
        defer { if direction == .writing, interest == .reading { stopWatchingWriting() } }
        while true {
            if deadline != .never { setDeadline(direction, deadline.nanoseconds) }
            if isHome {
                await unsafe _unsafeInheritExecutor_withUnsafeContinuation {
                    unsafe suspend($0, direction)
                }
            } else {
                await suspendAwayFromHome(direction)
            }
            if deadline != .never { setDeadline(direction, .max) }
            switch direction == .reading ? reading.look() : writing.look() {
            case .ready: return .ready
            case .closed: return .closed
            case .nothing: break
            }
            if System.isCancelled { return .cancelled }
            if deadline.hasPassed { return .deadlinePassed }
        }
    }

    @inline(never)
    private func suspendAwayFromHome(_ direction: Direction) async {
        await withTaskCancellationHandler {
            await unsafe _unsafeInheritExecutor_withUnsafeContinuation {
                unsafe suspend($0, direction)
            }
        } onCancel: {
            // Never resumed here: the runtime holds the task's status lock.
            loop.post(.wake(self))
        }
    }

    private func suspend(_ continuation: UnsafeContinuation<Void, Never>, _ direction: Direction) {
        if unsafe !publish(continuation, direction) {
            unsafe continuation.resume()
        } else if System.isCancelled || hasDeadlinePassed(direction) {
            // The handler or the timer may have run before the continuation was there to be taken.
            takeWaiter(direction).resume()
        }
    }

    /// Called when a call would block although the gate said that it never would again.
    func wouldBlock(_ direction: Direction) {
        if direction == .reading { reading.forgetHangUp() } else { writing.forgetHangUp() }
    }

    private func publish(_ waiter: UnsafeContinuation<Void, Never>, _ direction: Direction) -> Bool
    {
        direction == .reading
            ? unsafe reading.publish(waiter) : unsafe writing.publish(waiter)
    }

    private func takeWaiter(_ direction: Direction) -> Gate.Waiter {
        direction == .reading ? reading.takeWaiter() : writing.takeWaiter()
    }

    /// Has the loop watch the socket, as the first wait does: zero, or an errno.
    func register() -> CInt {
        if isRegistered { return 0 }
        let before = registration.bitwiseOr(Registration.begun, ordering: .acquiringAndReleasing)
        // The other direction is registering for both: adding reports what is ready at that time.
        if before.oldValue & Registration.begun != 0 { return 0 }
        // The poller's token is a reference: it keeps the socket until `release` gives it back.
        let token = unsafe Unmanaged.passRetained(self)
        let error = unsafe loop.register(descriptor, token: token.toOpaque(), interest)
        if error == 0 {
            let before = registration.bitwiseOr(Registration.done, ordering: .acquiringAndReleasing)
            // Who began to wait in the meantime could not change what is watched.
            if before.oldValue & Registration.writing != 0 { watch(.both) }
        } else {
            unsafe token.release()
            registration.bitwiseAnd(~Registration.begun, ordering: .acquiringAndReleasing)
            close()
        }
        return error
    }

    private var isRegistered: Bool {
        registration.load(ordering: .acquiring) & Registration.done != 0
    }

    private func watchWriting() {
        let before = registration.bitwiseOr(Registration.writing, ordering: .acquiringAndReleasing)
        if before.oldValue & Registration.done != 0 { watch(.both) }
    }

    private func stopWatchingWriting() {
        let before = registration.bitwiseAnd(
            ~Registration.writing,
            ordering: .acquiringAndReleasing
        )
        if before.oldValue & Registration.done != 0 { watch(.reading) }
    }

    /// Inside a direction: the descriptor is open.
    private func watch(_ interest: Interest) {
        let token = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe loop.watch(descriptor, token: token, interest)
    }

    // MARK: On the loop's thread

    /// What the poller reports.
    @inline(__always)
    func handle(_ readiness: Readiness) {
        if readiness.contains(.urgent) { noteBorder() }
        if readiness.contains(.error) { collectErrors() }
        if !readiness.isDisjoint(with: [.readable, .readHangUp]) {
            reading.becomeReady(hangUp: readiness.contains(.readHangUp)).resume()
            pump?.run()
        }
        if !readiness.isDisjoint(with: [.writable, .writeHangUp]) {
            writing.becomeReady(hangUp: readiness.contains(.writeHangUp)).resume()
        }
    }

    private func collectErrors() {
        // What was written before the descriptor was registered is seen here: the kernel orders the
        // two, and this load does so where it can be seen.
        guard registration.load(ordering: .acquiring) & Registration.begun != 0, let errors else {
            return
        }
        _ = withNumber { errors.collect(from: $0) }
    }

    /// Lets both waiters look at the world again, and the pump.
    func wakeWaiters() {
        reading.takeWaiter().resume()
        writing.takeWaiter().resume()
        pump?.run()
    }

    // MARK: Pumps

    /// Has the waiters see that their tasks were cancelled, and a pump that its owner was.
    ///
    /// Any thread.
    func cancel() {
        registration.bitwiseOr(Registration.cancelled, ordering: .acquiringAndReleasing)
        loop.post(.wake(self))
    }

    var isCancelled: Bool {
        registration.load(ordering: .acquiring) & Registration.cancelled != 0
    }

    private var isPumped: Bool {
        registration.load(ordering: .acquiring) & Registration.pumped != 0
    }

    /// Has a pump, which has entered the reading direction, run whenever there is something to take, and
    /// once now.
    ///
    /// Own thread. Zero, or an errno, with which the pump is still inside.
    func start(_ pump: SocketPump) -> CInt {
        let error = register()
        guard error == 0 else { return error }
        self.pump = pump
        registration.bitwiseOr(Registration.pumped, ordering: .acquiringAndReleasing)
        // Finds a close from before, too.
        pump.run()
        return 0
    }

    /// The pump leaves: nothing runs it any more.
    ///
    /// Own thread.
    func stopPump() {
        pump = nil
        registration.bitwiseAnd(~Registration.pumped, ordering: .acquiringAndReleasing)
        leave(.reading, ready: true)
    }

    // MARK: Home

    /// Makes the current task the home: its own waits on this socket set no cancellation handler.
    ///
    /// For the task that handles a connection all its life: whoever cancels it posts `.wake`; see
    /// ``ServedConnections`` and ``atHome(_:)``.
    func beAtHome() { home.store(System.currentTask, ordering: .relaxed) }

    /// Ends it.
    func leaveHome() { home.store(0, ordering: .relaxed) }

    /// Runs `body` with the current task at home: one cancellation handler for all its waits.
    func atHome<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        beAtHome()
        defer { leaveHome() }
        return try await withTaskCancellationHandler(operation: body) {
            // Never resumed here: the runtime holds the task's status lock.
            loop.post(.wake(self))
        }
    }

    private var isHome: Bool { home.load(ordering: .relaxed) == System.currentTask }

    /// The loop lets go of it: no event and no timer names it any more.
    ///
    /// Loop's thread.
    func retire() {
        if let timer { loop.disarm(timer) }
        timer = nil
    }
}
