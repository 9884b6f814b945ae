internal import Sockets
import Synchronization

/// When a byte moved last, and the watch over it that `--idle` is.
final class Movement: Sendable {
    private let start = ContinuousClock.now
    /// In nanoseconds since the start.
    private let last = Atomic<Int64>(0)

    /// Looks so many times in the limit, so that it ends at most an eighth late.
    ///
    /// Arbitrary.
    private static let looksPerLimit = 8

    /// Something has moved just now.
    func note() { last.store(start.nanosecondsSince, ordering: .relaxed) }

    /// Runs `body`, and cancels it when nothing has moved for so long.
    func watched(
        limit: Duration?,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        guard let limit else { return try await body() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { try await self.watch(limit) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func watch(_ limit: Duration) async throws {
        let loop = EventLoopGroup.shared.next()
        while true {
            try await loop.sleep(until: .after(limit / Self.looksPerLimit))
            let idle = start.nanosecondsSince - last.load(ordering: .relaxed)
            if .nanoseconds(idle) >= limit { throw SocketError(.idleLimit, in: .receive) }
        }
    }
}
