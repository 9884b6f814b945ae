internal import CLinux
internal import Synchronization

/// One thread that waits for the sockets it looks after and runs the tasks that use them.
///
/// A loop is a `TaskExecutor`: a task that prefers it runs on the very thread its sockets' events
/// arrive on, so a receive that had to wait continues without changing threads. An actor lives on
/// it by returning ``asUnownedSerialExecutor()``.
///
/// ```swift
/// let group = try EventLoopGroup(count: 1)
/// await withTaskExecutorPreference(group.next()) {
///     // runs on the loop's thread
/// }
/// ```
///
/// A loop's thread must not be blocked: a job that holds it longer than the group's watchdog limit
/// is reported in the log and in ``statistics()``. Loops belong to an ``EventLoopGroup``; a loop's
/// thread ends when its group is gone and nothing refers to the loop any more.
@safe public final class EventLoop: TaskExecutor, @unchecked Sendable {
    // What "@unchecked" stands on: `own` is touched only by the loop's own thread; everything else
    // is immutable, atomic, or behind the inbox's lock.

    /// The name of its thread and its log lines: `loop-0`, `loop-1`, ….
    public let name: String

    /// What only the loop's own thread touches.
    ///
    /// Behind a pointer and not in properties, because the run-time exclusivity check of a class's
    /// property costs more than the access itself here.
    let own: UnsafeMutablePointer<OwnThread>
    @safe struct OwnThread: ~Copyable {
        var ready = JobQueue()
        var timers = TimerQueue()
        var requests: [LoopRequest] = []
        var yielded: [UnsafeContinuation<Void, Never>] = unsafe []
        var resuming: [UnsafeContinuation<Void, Never>] = unsafe []
        var retired: [PolledSocket] = []
        var chunks = ChunkPool()
    }

    let poller: EpollPoller
    let inbox = Inbox()
    let hasRequests = Atomic<Bool>(false)
    let isAsleep = Atomic<Bool>(false)
    let isStopping = Atomic<Bool>(false)
    let counters = LoopCounters()

    private let serialExecutor = LoopSerialExecutor()

    init(index: Int) throws(SocketError) {
        name = "loop-\(index)"
        poller = try EpollPoller()
        unsafe own = .allocate(capacity: 1)
        unsafe own.initialize(to: OwnThread())
        unsafe serialExecutor.loop = self
        try start()
    }

    deinit {
        unsafe own.deinitialize(count: 1)
        unsafe own.deallocate()
    }

    /// The loop whose thread the caller is on.
    @inline(__always)
    public static var current: EventLoop? {
        guard let pointer = unsafe clinux_loop_of_this_thread() else { return nil }
        // Set by the thread, which holds the loop for as long as it runs.
        return unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the caller is on this loop's thread.
    @inline(__always)
    var isCurrent: Bool {
        unsafe clinux_loop_of_this_thread() == Unmanaged.passUnretained(self).toOpaque()
    }

    /// Runs a job of a task that prefers the loop.
    ///
    /// Called by the concurrency runtime; any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        enqueue(LoopJob(job: UnownedJob(job), isIsolated: false))
    }

    /// The executor of actors that live on this loop.
    ///
    /// The loop must outlive them.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe serialExecutor.asUnownedSerialExecutor()
    }

    @inline(__always)
    fileprivate func enqueue(_ job: LoopJob) {
        if isCurrent { unsafe own.pointee.ready.append(job) } else { post(.job(job)) }
    }

    /// What the loop has done so far and looks after now.
    public func statistics() -> EventLoopStatistics {
        EventLoopStatistics(name: name, backend: EpollPoller.name, counters: counters)
    }

    // MARK: What sockets and timers ask of it

    /// Hands a request to the loop's thread.
    ///
    /// Any thread, and from cancellation handlers: it resumes nothing and holds the inbox's lock
    /// for one append.
    func post(_ request: LoopRequest) {
        guard inbox.append(request) else { return }
        hasRequests.store(true, ordering: .sequentiallyConsistent)
        wakeUp()
    }

    private func wakeUp() {
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { poller.wake() }
    }

    /// Registers a socket with the poller; its events come with `token`.
    ///
    /// Zero, or an errno.
    func register(
        _ descriptor: CInt,
        token: UnsafeMutableRawPointer,
        _ interest: Interest
    ) -> CInt {
        counters.registered.add(1, ordering: .relaxed)
        let error = unsafe poller.add(descriptor, token: token, interest)
        if error != 0 { counters.registered.subtract(1, ordering: .relaxed) }
        return error
    }

    /// Changes what a registered socket is watched for, and reports what is ready now.
    func watch(_ descriptor: CInt, token: UnsafeMutableRawPointer, _ interest: Interest) {
        unsafe poller.change(descriptor, token: token, interest)
    }

    /// Takes a socket out of the poller.
    ///
    /// An event that is already fetched may still be handled.
    func unregister(_ descriptor: CInt) {
        counters.registered.subtract(1, ordering: .relaxed)
        poller.remove(descriptor)
    }

    /// Arms a timer.
    ///
    /// Any thread.
    func arm(_ timer: LoopTimer, at time: Int64) {
        if isCurrent {
            unsafe own.pointee.timers.arm(timer, at: time)
        } else {
            post(.armTimer(timer, time))
        }
    }

    /// Takes a timer out.
    ///
    /// Own thread.
    func disarm(_ timer: LoopTimer) {
        assert(isCurrent)
        unsafe own.pointee.timers.disarm(timer)
    }

    /// Lets go of a closed socket once no fetched event can name it any more.
    ///
    /// Any thread.
    func retire(_ socket: PolledSocket) {
        if isCurrent { unsafe own.pointee.retired.append(socket) } else { post(.retire(socket)) }
    }

    /// Lets the other jobs and one look at the poller go first.
    ///
    /// Own thread.
    @inline(never)  // its continuation would enlarge the frame an idle connection keeps
    func yield() async {
        assert(isCurrent)
        await unsafe _unsafeInheritExecutor_withUnsafeContinuation { continuation in
            unsafe own.pointee.yielded.append(continuation)
        }
    }

    /// The thread ends as soon as the loop is idle and nothing refers to it.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        wakeUp()
    }
}

/// The loop as the executor of actors.
private final class LoopSerialExecutor: SerialExecutor, @unchecked Sendable {
    // Set once by the loop's initialiser; the loop owns the executor.
    unowned(unsafe) var loop: EventLoop?

    func enqueue(_ job: consuming ExecutorJob) {
        unsafe loop.unsafelyUnwrapped.enqueue(LoopJob(job: UnownedJob(job), isIsolated: true))
    }
}
