internal import Synchronization

/// The counts of one loop; written by its own thread except `registered`.
struct LoopCounters: ~Copyable, Sendable {
    let jobs = Counter()
    let polls = Counter()
    let events = Counter()
    let timersFired = Counter()
    let registered = Atomic<Int>(0)
    let stalls = Counter()
}

/// What an ``EventLoop`` has done since it started, and looks after now.
public struct EventLoopStatistics: Sendable, Hashable {
    /// The loop's name.
    public let name: String
    /// The polling backend: `epoll`.
    public let backend: String
    /// Jobs run.
    public let jobs: Int
    /// Calls of the poller.
    public let polls: Int
    /// Events the poller reported.
    public let events: Int
    /// Timers that came to their time.
    public let timersFired: Int
    /// Sockets registered with the poller now.
    public let registeredSockets: Int
    /// Times the watchdog found one job holding the loop longer than its limit.
    public let stalls: Int

    init(name: String, backend: String, counters: borrowing LoopCounters) {
        self.name = name
        self.backend = backend
        jobs = counters.jobs.count
        polls = counters.polls.count
        events = counters.events.count
        timersFired = counters.timersFired.count
        registeredSockets = counters.registered.load(ordering: .relaxed)
        stalls = counters.stalls.count
    }
}
