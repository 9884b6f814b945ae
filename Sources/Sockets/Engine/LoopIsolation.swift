/// An actor that lives on a loop: its executor is the loop's thread.
///
/// Connection handlers run isolated to it, and being `nonisolated(nonsending)` so does everything
/// they call: their waits resume straight onto the loop. A task that merely *prefers* a loop pays
/// for three locked look-ups of its preference at every wait instead
/// (docs/decisions/0008-handlers-in-an-actor.md).
@safe actor LoopIsolation {
    // The loop's executor, set once by the loop's initialiser before anyone sees the actor. The
    // loop owns the actor; a task in it keeps the loop alive through the connection it handles.
    nonisolated(unsafe) var executor: UnownedSerialExecutor?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.unsafelyUnwrapped
    }

    /// Runs a body in the loop's isolation.
    func run<Result>(_ body: () async -> sending Result) async -> sending Result {
        await body()
    }

    /// An operation for a child task that begins right here, without a hop, and handles one of the
    /// connections waiting in `queue`.
    func operation(
        serving queue: ServingQueue
    ) -> @isolated(any) @Sendable () async -> Void {
        Self.inheriting { await self.serveNext(of: queue) }
    }

    /// A closure that names its actor is isolated to it only where the parameter says so.
    private static func inheriting(
        @_inheritActorContext _ operation: @escaping @isolated(any) @Sendable () async -> Void
    ) -> @isolated(any) @Sendable () async -> Void { operation }

    /// Handles a connection in the task that is its home: the handler's own waits on its socket
    /// need no cancellation handler each, because the one around it wakes them all.
    private func serveNext(of queue: ServingQueue) async {
        let connection = queue.take()
        let socket = connection.socket
        let error = await withTaskCancellationHandler {
            // A call of the actor's own: a closure that does not name the actor is not in it.
            await self.call(queue.handler, with: connection)
        } onCancel: {
            socket.loop.post(.wake(socket))
        }
        connection.close()
        queue.ended(connection, error)
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

/// Accepted connections on their way to the tasks of one loop, and what to do with them.
final class ServingQueue: Sendable {
    let handler: @Sendable (StreamConnection) async throws -> Void
    let ended: @Sendable (StreamConnection, (any Error)?) -> Void
    private let waiting = Lock<[StreamConnection]>([])

    init(
        _ handler: @escaping @Sendable (StreamConnection) async throws -> Void,
        ended: @escaping @Sendable (StreamConnection, (any Error)?) -> Void
    ) {
        self.handler = handler
        self.ended = ended
    }

    func put(_ connection: StreamConnection) { waiting.withLock { $0.append(connection) } }

    /// Any of them: there is one task for each.
    func take() -> StreamConnection {
        guard let connection = waiting.withLock({ $0.popLast() }) else {
            preconditionFailure("a serving task without a connection")
        }
        return connection
    }
}
