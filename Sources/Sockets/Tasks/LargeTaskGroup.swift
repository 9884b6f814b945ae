/// A task group for very many tasks, which stay different times (docs/decisions/0016).
///
/// The runtime looks for a task that ends in a list of all those of its group. So the tasks are in
/// parts of some dozen, each a group of its own and in a task of its own.
///
/// ```swift
/// await withLargeTaskGroup(on: loop) { group in
///     let place = group.takePlace()
///     group.addTask(at: place, on: loop) {
///         print("one of many")
///         place.leave()
///     }
/// }
/// ```
package struct LargeTaskGroup {
    private var group: DiscardingTaskGroup
    private let loop: EventLoop
    private let places = TaskPlaces()
    private var parts: [TaskPart] = []

    fileprivate init(_ group: DiscardingTaskGroup, on loop: EventLoop) {
        self.group = group
        self.loop = loop
    }

    /// A place for one task, which must leave it as the last thing it does: a wrapper that did so would
    /// have a frame, which is what an idle task costs.
    package func takePlace() -> TaskPlace { TaskPlace(number: places.take(), places: places) }

    /// Starts a child task whose executor preference is `executor`.
    package mutating func addTask(
        at place: TaskPlace,
        on executor: EventLoop,
        _ operation: @escaping @Sendable @isolated(any) () async -> Void
    ) {
        let index = place.number / TaskPart.size
        // Places are numbered without holes.
        if index == parts.count {
            let part = TaskPart()
            parts.append(part)
            group.addTask(executorPreference: loop) { [loop] in await part.run(on: loop) }
        }
        parts[index].start(TaskPart.Work(executor: executor, operation: operation))
    }

    /// Cancels all, also those that are started from now on.
    package mutating func cancelAll() { group.cancelAll() }

    fileprivate func finish() { for part in parts { part.finish() } }
}

/// Runs `body` with a group, then waits for all tasks of it; cancelling cancels them.
///
/// - Parameters:
///   - loop: Where tasks are started from.
///   - body: Starts them.
/// - Returns: What `body` returns.
package func withLargeTaskGroup<Result>(
    on loop: EventLoop,
    _ body: (inout LargeTaskGroup) async -> Result
) async -> Result {
    await withDiscardingTaskGroup { group in
        var large = LargeTaskGroup(group, on: loop)
        defer { large.finish() }
        return await body(&large)
    }
}

/// Where a task of a ``LargeTaskGroup`` is in it.
package struct TaskPlace: Sendable {
    let number: Int
    fileprivate let places: TaskPlaces

    /// The task is about to end.
    package func leave() { places.giveBack(number) }
}

/// The places of a group: the lowest ones first, as far as that costs nothing.
private final class TaskPlaces: Sendable {
    private let state = Lock(TaskPlacesState())

    func take() -> Int {
        state.withLock { state in
            if let number = state.free.popLast() { return number }
            state.count += 1
            return state.count - 1
        }
    }

    func giveBack(_ number: Int) { state.withLock { $0.free.append(number) } }
}

struct TaskPlacesState {
    var count = 0
    var free: [Int] = []
}
