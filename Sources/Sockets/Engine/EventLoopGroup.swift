internal import Synchronization

/// The event loops of a program, or of a part of it.
///
/// ```swift
/// let group = EventLoopGroup.shared           // one loop for each CPU the process may use
/// let own = try EventLoopGroup(count: 1)
/// ```
///
/// The threads of a group end when the group and everything that uses its loops are gone.
public final class EventLoopGroup: Sendable {
    /// The loops, in the order in which ``next()`` hands them out.
    public let loops: [EventLoop]
    private let turn = Atomic<Int>(0)

    /// The group used when none is named: as many loops as CPUs in the process's affinity mask
    /// (sched_getaffinity(2)), or as the environment's `SOCK_LOOPS` says.
    public static let shared = makeShared()

    /// A group of `count` loops, each with a thread.
    ///
    /// - Throws: ``SocketError`` when the kernel has no descriptor or thread left.
    public init(count: Int, watchdogLimit: Duration? = .milliseconds(250)) throws(SocketError) {
        precondition(count > 0, "a group of no loops")
        var loops: [EventLoop] = []
        for index in 0..<count { loops.append(try EventLoop(index: index)) }
        self.loops = loops
    }

    deinit { for loop in loops { loop.stop() } }

    /// One loop after the other; the loop of the calling thread when it is one of this group.
    public func next() -> EventLoop {
        if loops.count == 1 { return loops[0] }
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
    }

    private static func makeShared() -> EventLoopGroup {
        do throws(SocketError) {
            return try EventLoopGroup(count: System.usableCPUs)
        } catch {
            fatalError("the shared event loops cannot be made: \(error)")
        }
    }
}
