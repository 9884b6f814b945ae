internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread that waits for the sockets it looks after and runs the tasks that use them.
///
/// A loop is a `TaskExecutor`: a task that prefers it runs on the very thread its sockets' events
/// arrive on, so a receive that had to wait continues without changing threads.
///
/// ```swift
/// let group = EventLoopGroup(count: 1)
/// await withTaskExecutorPreference(group.next()) {
///     // runs on the loop's thread
/// }
/// ```
///
/// A loop's thread must not be blocked: a job that holds it longer than the group's watchdog limit
/// is reported in the log and in ``statistics()``. Loops belong to an ``EventLoopGroup``; a loop's
/// thread ends when its group is gone and nothing refers to the loop any more.
@safe public final class EventLoop: TaskExecutor, @unchecked Sendable {
    // What "@unchecked" stands on: everything marked "own thread" is touched only by the loop's own
    // thread; the rest is immutable, atomic or behind the inbox's lock.

    /// The name of its thread and its log lines: `loop-0`, `loop-1`, …
    public let name: String

    // Own thread.
    private var ready = JobQueue()
    private var poller: EpollPoller
    private var timers = TimerQueue()
    private var requests: [LoopRequest] = []
    private var yielded: [UnsafeContinuation<Void, Never>] = unsafe []
    private var retired: [PolledSocket] = []
    var chunks = ChunkPool()

    // Any thread.
    private let inbox = Inbox()
    private let hasRequests = Atomic<Bool>(false)
    private let isAsleep = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    let counters = LoopCounters()

    /// Jobs run before the next look at the poller. Arbitrary: large enough that the poll is
    /// amortised, small enough that an event never waits long.
    private static let jobsPerTurnLimit = 256

    init(name: String) throws(SocketError) {
        self.name = name
        poller = try EpollPoller()
        try start()
    }

    /// The loop whose thread the caller is on.
    @inline(__always)
    public static var current: EventLoop? {
        guard let pointer = unsafe clinux_loop_of_this_thread() else { return nil }
        // Set by `run`, which holds the loop for as long as its thread exists.
        return unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    @inline(__always)
    var isCurrent: Bool {
        unsafe clinux_loop_of_this_thread() == Unmanaged.passUnretained(self).toOpaque()
    }

    /// Runs a job on the loop's thread. Called by the concurrency runtime; any thread.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            ready.append(job)
        } else {
            post(.job(job))
        }
    }

    /// What the loop has done so far and looks after now.
    public func statistics() -> EventLoopStatistics {
        EventLoopStatistics(name: name, backend: EpollPoller.name, counters: counters)
    }

    // MARK: What sockets and timers ask of it

    /// Hands a request to the loop's thread. Any thread, and from cancellation handlers: it resumes
    /// nothing and holds the inbox's lock for one append.
    func post(_ request: LoopRequest) {
        guard inbox.append(request) else { return }
        hasRequests.store(true, ordering: .sequentiallyConsistent)
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { poller.wake() }
    }

    /// Registers a socket with the poller; its events come with `token`. Zero, or an errno.
    func register(_ descriptor: CInt, token: UnsafeMutableRawPointer) -> CInt {
        counters.registered.add(1, ordering: .relaxed)
        let error = unsafe poller.add(descriptor, token: token)
        if error != 0 { counters.registered.subtract(1, ordering: .relaxed) }
        return error
    }

    /// Takes a socket out of the poller. An event that is already fetched may still be handled.
    func unregister(_ descriptor: CInt) {
        counters.registered.subtract(1, ordering: .relaxed)
        poller.remove(descriptor)
    }

    /// Arms a timer. Any thread.
    func arm(_ timer: LoopTimer, at time: Int64) {
        if isCurrent { timers.arm(timer, at: time) } else { post(.armTimer(timer, time)) }
    }

    /// Takes a timer out. Own thread.
    func disarm(_ timer: LoopTimer) {
        assert(isCurrent)
        timers.disarm(timer)
    }

    /// Lets go of a closed socket once no fetched event can name it any more. Any thread.
    func retire(_ socket: PolledSocket) {
        if isCurrent { retired.append(socket) } else { post(.retire(socket)) }
    }

    /// Lets the other jobs and one look at the poller go first. Own thread.
    func yield() async {
        await unsafe withUnsafeContinuation { continuation in unsafe yielded.append(continuation) }
    }

    // MARK: The thread

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { poller.wake() }
    }

    /// The thread owns one reference and ends when it is the last.
    private func start() throws(SocketError) {
        // Taken back by the thread, or right here when there is none.
        let own = unsafe Unmanaged.passRetained(self)
        do throws(SocketError) {
            try System.startThread(named: name) {
                var loop = unsafe own.takeRetainedValue()
                unsafe clinux_set_loop_of_this_thread(own.toOpaque())
                repeat { loop.run() } while !isKnownUniquelyReferenced(&loop)
                clinux_set_loop_of_this_thread(nil)
            }
        } catch {
            unsafe own.release()
            throw error
        }
    }

    /// One turn after the other, until the loop is to stop and is idle.
    private func run() {
        let executor = unsafe asUnownedTaskExecutor()
        while true {
            var budget = Self.jobsPerTurnLimit
            while budget > 0, let job = ready.popFirst() {
                counters.jobs.add()
                unsafe job.runSynchronously(on: executor)
                budget -= 1
            }
            counters.turns.add()
            if !retired.isEmpty { releaseRetired() }
            if hasRequests.load(ordering: .acquiring) { handleRequests() }
            if timers.count > 0 { fireTimers() }
            let stopping = isStopping.load(ordering: .relaxed)
            poll(stopping: stopping)
            if unsafe !yielded.isEmpty { resumeYielded() }
            if stopping, ready.count == 0, timers.count == 0 { return }
        }
    }

    private func poll(stopping: Bool) {
        var timeout: Int64? = 0
        let mayWait = unsafe ready.count == 0 && yielded.isEmpty
        if mayWait {
            timeout = stopping ? Self.stoppingInterval : nil
            if let next = timers.nextTime {
                let wait = max(0, next - MonotonicTime.now)
                timeout = timeout.map { min($0, wait) } ?? wait
            }
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            // A request that came before "asleep" was set would not have woken the poller.
            if hasRequests.load(ordering: .sequentiallyConsistent) { timeout = 0 }
        }
        unsafe poller.poll(timeout: timeout) { token, readiness in
            counters.events.add()
            // A registered socket keeps itself alive until it was retired, which happens between
            // polls, so the token names it for the whole batch.
            unsafe Unmanaged<PolledSocket>.fromOpaque(token)._withUnsafeGuaranteedRef {
                $0.handle(readiness)
            }
        }
        counters.polls.add()
        if mayWait { isAsleep.store(false, ordering: .relaxed) }
    }

    private func handleRequests() {
        hasRequests.store(false, ordering: .sequentiallyConsistent)
        inbox.swap(with: &requests)
        for request in requests {
            switch request {
            case .job(let job): ready.append(job)
            case .wake(let socket): socket.wakeWaiters()
            case .arm(let socket): socket.armTimers()
            case .retire(let socket): retired.append(socket)
            case .armTimer(let timer, let time): timers.arm(timer, at: time)
            case .fireTimer(let timer):
                timers.disarm(timer)
                timer.fire(on: self)
            }
        }
        requests.removeAll(keepingCapacity: true)
    }

    private func releaseRetired() {
        for socket in retired { socket.retire() }
        retired.removeAll(keepingCapacity: true)
    }

    private func fireTimers() {
        let now = MonotonicTime.now
        while let timer = timers.popDue(now: now) {
            counters.timersFired.add()
            timer.fire(on: self)
        }
    }

    private func resumeYielded() {
        let waiting = unsafe yielded
        unsafe yielded.removeAll(keepingCapacity: true)
        for unsafe continuation in unsafe waiting { unsafe continuation.resume() }
    }

    /// How often a loop whose group is gone looks whether it may end, in nanoseconds. Arbitrary.
    private static let stoppingInterval: Int64 = 100_000_000
}
