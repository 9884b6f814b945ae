/// An actor that lives on a loop: its executor is the loop's thread.
///
/// Connection handlers are called from it, and being `nonisolated(nonsending)` they stay in it: all
/// their waits resume straight onto the loop. A task that merely *prefers* a loop pays a locked
/// look-up of its preference at every resumption instead.
actor LoopIsolation {
    // Set once, by the loop's initialiser; tasks in the actor keep the loop alive through the
    // connection they handle.
    nonisolated(unsafe) unowned(unsafe) var loop: EventLoop?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        guard let loop = unsafe loop else { preconditionFailure("an isolation without its loop") }
        return unsafe loop.asUnownedSerialExecutor()
    }

    /// Runs a body in the loop's isolation.
    func run<Result>(_ body: () async -> sending Result) async -> sending Result {
        await body()
    }
}
