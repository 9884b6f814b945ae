public import Logging
internal import Synchronization

/// The event loops of a program, or of a part of it.
///
/// ```swift
/// let all = EventLoopGroup.shared           // one loop for each CPU the process may use
/// let own = try EventLoopGroup(count: 1)
/// ```
///
/// The threads of a group end when the group and everything that uses its loops are gone.
public final class EventLoopGroup: Sendable {
    /// The loops, in the order in which ``next()`` hands them out.
    public let loops: [EventLoop]
    private let turn = Atomic<Int>(0)
    /// Why there is no loop, in a shared group that could not be made.
    private let failure: SocketError?

    /// The group used when none is named.
    ///
    /// It has as many loops as the environment's `SOCK_LOOPS` says (1 to 1024), or else as there
    /// are CPUs in the process's affinity mask (sched_getaffinity(2)). Its threads live as long as
    /// the process.
    ///
    /// Where the kernel has no descriptor or thread left for it, whatever opens or adopts a socket throws
    /// the error, and the next use tries again; ``next()``, which cannot throw, traps. ``startShared()``
    /// finds out early.
    public static var shared: EventLoopGroup {
        do throws(SocketError) {
            return try startShared()
        } catch {
            return EventLoopGroup(failure: error)
        }
    }

    private static let started = Lock<EventLoopGroup?>(nil)

    /// Starts the threads of ``shared``, if they do not run: epoll_create1(2), eventfd(2) and
    /// pthread_create(3) for each loop.
    ///
    /// For the start of a program, which can still say that it has too few descriptors.
    ///
    /// ```swift
    /// try EventLoopGroup.startShared()
    /// ```
    ///
    /// - Returns: ``shared``.
    /// - Throws: ``SocketError`` when the kernel has no descriptor or thread left; a later call tries
    ///   again.
    @discardableResult
    public static func startShared() throws(SocketError) -> EventLoopGroup {
        try started.withLock { group throws(SocketError) in
            if let group { return group }
            let new = try EventLoopGroup(count: sharedCount)
            group = new
            return new
        }
    }

    /// The most loops a group has.
    ///
    /// Arbitrary: beyond any machine's CPUs.
    public static let loopLimit = 1024

    /// A group of `count` loops, each with a thread.
    ///
    /// - Parameters:
    ///   - count: From 1 to ``loopLimit``.
    ///   - watchdogLimit: A job that holds a loop for longer is counted in its statistics and
    ///     logged; nil for no watchdog.
    ///   - logger: Where the watchdog reports. Quiet unless one is given.
    /// - Throws: ``SocketError`` when the kernel has no descriptor or thread left.
    public init(
        count: Int,
        watchdogLimit: Duration? = .milliseconds(250),
        logger: Logger = Logger(label: "sockets") { _ in SwiftLogNoOpLogHandler() }
    ) throws(SocketError) {
        precondition((1...Self.loopLimit).contains(count), "a group of \(count) loops")
        var loops: [EventLoop] = []
        do throws(SocketError) {
            for index in 0..<count { loops.append(try EventLoop(index: index)) }
        } catch {
            // There is no group yet whose end would stop those that run.
            for loop in loops { loop.stop() }
            throw error
        }
        self.loops = loops
        failure = nil
        if let watchdogLimit {
            try Watchdog(loops, limit: watchdogLimit, logger: logger).start()
        }
    }

    /// A group without loops, which says why to whoever wants one.
    init(failure: SocketError) {
        loops = []
        self.failure = failure
    }

    deinit { for loop in loops { loop.stop() } }

    /// One loop after the other.
    public func next() -> EventLoop {
        if let failure { fatalError("the shared event loops cannot be made: \(failure)") }
        if loops.count == 1 { return loops[0] }
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
    }

    /// One loop after the other.
    ///
    /// - Throws: Why there is none.
    package func place() throws(SocketError) -> EventLoop {
        if let failure { throw failure }
        return next()
    }

    /// The loop whose thread the caller is on, or else one after the other.
    ///
    /// - Throws: Why there is none.
    package func nearest() throws(SocketError) -> EventLoop {
        if let current = EventLoop.current { return current }
        return try place()
    }

    private static var sharedCount: Int {
        let asked = System.environment("SOCK_LOOPS").flatMap { Int($0) }
        let count = asked.flatMap { (1...loopLimit).contains($0) ? $0 : nil }
        return count ?? min(System.usableCPUs, loopLimit)
    }
}
