/// How long a task has kept its loop's thread to itself.
///
/// For work that costs time and moves few bytes, which ``Streak`` does not see: a pipeline of small
/// requests never waits, so its task would run until the last of them is answered.
package struct LoopTurn: Sendable {
    /// How long a task runs before the others of its loop get a turn, in nanoseconds.
    ///
    /// 1 ms is arbitrary: some hundred small requests, and far below what a person notices.
    package static let limitNanoseconds: Int64 = 1_000_000

    /// The job of the loop in which the turn began: another one means that the task has waited since.
    private var job = -1
    private var end: Int64 = 0

    package init() {}

    /// Whether the task has run for longer than the limit without waiting.
    ///
    /// A turn begins with the first call after the task has waited.
    package mutating func isOver() -> Bool {
        let now = MonotonicTime.now
        let current = EventLoop.current?.counters.jobs.count ?? 0
        guard current == job else {
            job = current
            end = now + Self.limitNanoseconds
            return false
        }
        guard now >= end else { return false }
        job = -1
        return true
    }

    /// Lets the other tasks of the thread and, on a loop, one look at the poller go first.
    @inline(never)  // rare, and the caller's frame is what an idle connection keeps
    package static func letOthersGo() async {
        if let loop = EventLoop.current { await loop.yield() } else { await Task.yield() }
    }
}
