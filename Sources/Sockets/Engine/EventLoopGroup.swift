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

    /// The group used when none is named.
    ///
    /// It has as many loops as the environment's `SOCK_LOOPS` says (1 to 1024), or else as there
    /// are CPUs in the process's affinity mask (sched_getaffinity(2)). Its threads live as long as
    /// the process.
    public static let shared = makeShared()

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
        if let watchdogLimit {
            try Watchdog(loops, limit: watchdogLimit, logger: logger).start()
        }
    }

    deinit { for loop in loops { loop.stop() } }

    /// One loop after the other.
    public func next() -> EventLoop {
        if loops.count == 1 { return loops[0] }
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
    }

    private static func makeShared() -> EventLoopGroup {
        let asked = System.environment("SOCK_LOOPS").flatMap { Int($0) }
        let count = asked.flatMap { (1...loopLimit).contains($0) ? $0 : nil }
        do throws(SocketError) {
            return try EventLoopGroup(count: count ?? min(System.usableCPUs, loopLimit))
        } catch {
            fatalError("the shared event loops cannot be made: \(error)")
        }
    }
}
