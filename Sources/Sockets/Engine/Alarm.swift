/// Something to do at a time on a loop's thread, without a task that waits for it.
///
/// The loop keeps it until then: give the action weak references. It must not block.
package final class Alarm: LoopTimer, @unchecked Sendable {
    // "@unchecked": the action is immutable, and what LoopTimer stores is the loop's.

    private let action: @Sendable () -> Void

    private init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    /// Does something at a moment.
    package static func set(at moment: Deadline, _ action: @escaping @Sendable () -> Void) {
        EventLoop.nearest.arm(Alarm(action), at: moment.nanoseconds)
    }

    override func fire(on loop: EventLoop) { action() }
}
