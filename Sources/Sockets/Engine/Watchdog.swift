internal import Logging
internal import Synchronization

/// Notices jobs that hold a loop: a blocked loop is the one mistake that every connection on it
/// pays for.
///
/// It looks at the loops' counters from a thread of its own, so the loops pay nothing for it.
final class Watchdog: Sendable {
    private let loops: [WeakLoop]
    private let limit: Duration
    private let logger: Logger

    private struct WeakLoop: @unchecked Sendable { weak var loop: EventLoop? }

    /// What a loop was seen doing.
    private struct Sight: Equatable {
        var jobs: Int
        var polls: Int
    }

    init(_ loops: [EventLoop], limit: Duration, logger: Logger) {
        self.loops = loops.map { WeakLoop(loop: $0) }
        self.limit = limit
        self.logger = logger
    }

    /// Starts the thread, which ends when the loops are gone.
    func start() throws(SocketError) {
        try System.startThread(named: "watchdog") { self.watch() }
    }

    private func watch() {
        var seen = [Sight?](repeating: nil, count: loops.count)
        var reported = [Sight?](repeating: nil, count: loops.count)
        while loops.contains(where: { $0.loop != nil }) {
            System.sleepThread(limit)
            for (index, entry) in loops.enumerated() {
                guard let loop = entry.loop else { continue }
                let sight = Sight(jobs: loop.counters.jobs.count, polls: loop.counters.polls.count)
                let isStuck = sight == seen[index] && !loop.isAsleep.load(ordering: .relaxed)
                seen[index] = sight
                guard isStuck, reported[index] != sight else { continue }
                reported[index] = sight
                loop.counters.stalls.add()
                logger.warning(
                    "a job holds an event loop",
                    metadata: ["loop": "\(loop.name)", "longer than": "\(limit)"]
                )
            }
        }
    }
}
