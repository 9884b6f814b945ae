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

    /// Handles a connection in the task that is its home: the body's own waits on its socket need
    /// no cancellation handler each, because the one around the body wakes them all.
    ///
    /// The closure names the actor: only then is it isolated to it, and so is everything the
    /// handler calls. Otherwise it would hop off the loop's isolation, and the handler would pay for
    /// a hop at every wait.
    func handle(
        _ connection: StreamConnection,
        by handler: @Sendable (StreamConnection) async throws -> Void
    ) async -> (any Error)? {
        let socket = connection.socket
        return await withTaskCancellationHandler {
            await self.call(handler, with: connection)
        } onCancel: {
            socket.loop.post(.wake(socket))
        }
    }

    private func call(
        _ handler: @Sendable (StreamConnection) async throws -> Void,
        with connection: StreamConnection
    ) async -> (any Error)? {
        connection.socket.settle()
        defer { connection.socket.unsettle() }
        do {
            try await handler(connection)
            return nil
        } catch {
            return error
        }
    }
}
