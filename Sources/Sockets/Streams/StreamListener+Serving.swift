internal import Logging
internal import Synchronization

extension StreamListener {
    /// Serves every connection by `handler`, each in a child task on the thread of its loop.
    ///
    /// Returns when the listener is closed or drained and the last handler has returned, or when
    /// the task is cancelled, which cancels the handlers. A connection is closed when its handler
    /// returns. A handler's error ends its connection and nothing else: it is counted and logged.
    ///
    /// Handlers inherit no deadline. At the connection limit, and out of descriptors or kernel
    /// memory, it stops accepting until there is room; the kernel's backlog holds the rest.
    public func serve(
        _ handler: @escaping @Sendable (StreamConnection) async throws -> Void
    ) async throws(SocketError) {
        let failure = await withTaskExecutorPreference(socket.loop) {
            await withDiscardingTaskGroup(returning: SocketError?.self) { group in
                let failure = await acceptAll(handler, in: &group)
                if failure != nil { group.cancelAll() }
                await waitForDrain()
                if drainDeadline.withLock({ $0 }) != nil { group.cancelAll() }
                return failure
            }
        }
        if let failure { throw failure }
    }

    /// Stops accepting and lets the handlers finish until a deadline, when the remaining ones are
    /// cancelled.
    ///
    /// ``serve(_:)`` returns when all have ended. Any task.
    public func drain(before deadline: Deadline) {
        drainDeadline.withLock { $0 = deadline }
        configuration.logger.info(
            "draining",
            metadata: ["connections": "\(counters.open.load(ordering: .relaxed))"]
        )
        close()
    }

    /// Accepts until the listener is closed (nil) or cannot go on.
    private func acceptAll(
        _ handler: @escaping @Sendable (StreamConnection) async throws -> Void,
        in group: inout DiscardingTaskGroup
    ) async -> SocketError? {
        var pause = AcceptPause()
        var acceptedInTurn = 0
        while true {
            do throws(SocketError) {
                if counters.open.load(ordering: .relaxed) >= configuration.connectionLimit {
                    await waitForRoom()
                }
                let connection = try await accept()
                pause.reset()
                spawn(handler, connection, in: &group)
                acceptedInTurn += 1
                if acceptedInTurn == Self.acceptsPerTurnLimit {
                    acceptedInTurn = 0
                    // Called from an actor, this runs on that actor's executor.
                    if socket.loop.isCurrent {
                        await socket.loop.yield()
                    } else {
                        await Task.yield()
                    }
                }
            } catch {
                switch error.code {
                case .closed: return nil
                case .descriptorLimit, .memoryLimit:
                    counters.starved.add(1, ordering: .relaxed)
                    pause.log(error, configuration.logger)
                    try? await socket.loop.sleep(until: .after(pause.next()))
                    if Task.isCancelled { return nil }
                    // Accepting never waits now, and the pause no more: it would spin.
                    if Deadline.current.hasPassed {
                        return SocketError(.deadlinePassed, in: .accept, local: localAddress)
                    }
                case .cancelled: return nil
                default: return error
                }
            }
        }
    }

    /// Connections accepted before the handlers get a turn.
    ///
    /// Arbitrary.
    private static let acceptsPerTurnLimit = 64

    private func spawn(
        _ handler: @escaping @Sendable (StreamConnection) async throws -> Void,
        _ connection: StreamConnection,
        in group: inout DiscardingTaskGroup
    ) {
        counters.handlers.add(1, ordering: .relaxed)
        group.addTask(executorPreference: connection.loop) { [self] in
            await connection.socket.withHome {
                do {
                    try await Deadline.leftBehind { try await handler(connection) }
                } catch {
                    handlerFailed(error, connection)
                }
            }
            connection.close()
            counters.handlers.subtract(1, ordering: .relaxed)
            counters.roomSignal.withLock { $0 }?.set()
        }
    }

    private func handlerFailed(_ error: any Error, _ connection: StreamConnection) {
        // Ended with its task: how a drain ends, not a failure.
        if Task.isCancelled { return }
        counters.failed.add(1, ordering: .relaxed)
        configuration.logger.debug(
            "connection handler failed",
            metadata: ["peer": "\(connection.peerAddress)", "error": "\(error)"]
        )
    }

    /// Waits while the connection limit is reached.
    private func waitForRoom() async {
        while counters.open.load(ordering: .relaxed) >= configuration.connectionLimit,
            !socket.isClosed, !Task.isCancelled
        {
            let signal = Signal(on: socket.loop)
            counters.roomSignal.withLock { $0 = signal }
            if counters.open.load(ordering: .relaxed) < configuration.connectionLimit { break }
            // Also looks now and then by itself: a close() from elsewhere sets no signal.
            _ = await signal.wait(until: .after(.milliseconds(100)))
        }
        counters.roomSignal.withLock { $0 = nil }
    }

    /// After a drain: until the last handler has ended, or the deadline.
    private func waitForDrain() async {
        guard let deadline = drainDeadline.withLock({ $0 }) else { return }
        // Handlers and not connections: one may have closed its connection and not be done.
        while counters.handlers.load(ordering: .relaxed) > 0, !deadline.hasPassed,
            !Task.isCancelled
        {
            let signal = Signal(on: socket.loop)
            counters.roomSignal.withLock { $0 = signal }
            if counters.handlers.load(ordering: .relaxed) == 0 { break }
            _ = await signal.wait(until: deadline)
        }
        counters.roomSignal.withLock { $0 = nil }
    }
}

/// How long accepting pauses when descriptors or memory have run out: longer each time, so that the
/// loop does not spin, and never so long that room goes unused.
private struct AcceptPause {
    private var pause = Duration.milliseconds(10)
    private var logged = false

    mutating func reset() { self = Self() }

    mutating func next() -> Duration {
        defer { pause = min(pause * 2, .seconds(1)) }
        return pause
    }

    /// Once a shortage.
    mutating func log(_ error: SocketError, _ logger: Logger) {
        if logged { return }
        logged = true
        logger.warning("accepting pauses", metadata: ["error": "\(error)"])
    }
}
