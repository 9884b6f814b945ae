internal import Logging
internal import Synchronization

extension StreamListener {
    /// Serves every connection by `handler`, each in a child task on the thread of its loop.
    ///
    /// Returns when the listener is closed or drained and the last handler has returned, or when
    /// the task is cancelled, which cancels the handlers. A connection is closed when its handler
    /// returns. A handler's error ends its connection and nothing else: it is counted and logged.
    ///
    /// A deadline around it ends it with ``SocketError/Code/deadlinePassed``; handlers do not inherit
    /// it. At the connection limit, and out of descriptors or kernel
    /// memory, it stops accepting until there is room; the kernel's backlog holds the rest.
    public func serve(
        _ handler: @escaping @Sendable (StreamConnection) async throws -> Void
    ) async throws(SocketError) {
        let deadline = Deadline.current
        let failure = await Deadline.leftBehind {
            await withTaskExecutorPreference(socket.loop) {
                await withLargeTaskGroup(on: socket.loop) { group in
                    let failure = await acceptAll(handler, until: deadline, in: &group)
                    if failure != nil || Task.isCancelled { cancelAll(in: &group) }
                    await waitForTheLast(in: &group)
                    return failure
                }
            }
        }
        if let failure { throw failure }
    }

    /// Waits until the last handler has ended: here and not by leaving the group, to notice a
    /// drain's deadline and a cancellation.
    private func waitForTheLast(in group: inout LargeTaskGroup) async {
        while served.count > 0 {
            let deadline = drainDeadline.withLock { $0 } ?? .never
            let wake = await served.waitForChange(
                unlessFewerThan: 1,
                on: socket.loop,
                until: deadline
            )
            if case .set = wake { continue }
            cancelAll(in: &group)
            break
        }
        // What has a reader has no task that the group would wait for.
        while served.count > 0 {
            _ = await served.waitForChange(
                unlessFewerThan: 1,
                on: socket.loop,
                until: .never,
                heedsCancellation: false
            )
        }
    }

    /// Cancels the handlers: first their tasks, then the waits they are in.
    private func cancelAll(in group: inout LargeTaskGroup) {
        group.cancelAll()
        served.cancelAll()
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
        served.changed()
    }

    /// Accepts until the listener is closed (nil) or cannot go on.
    private func acceptAll(
        _ handler: @escaping @Sendable (StreamConnection) async throws -> Void,
        until deadline: Deadline,
        in group: inout LargeTaskGroup
    ) async -> SocketError? {
        var pause = AcceptPause()
        var acceptedInTurn = 0
        while true {
            do throws(SocketError) {
                try await waitForRoom()
                let connection = try await accept(until: deadline)
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
                    if deadline.hasPassed {
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
        in group: inout LargeTaskGroup
    ) {
        let number = served.add(connection.socket)
        let place = group.takePlace()
        group.addTask(at: place, on: connection.loop) { [self] in
            connection.socket.beAtHome()
            do {
                try await handler(connection)
            } catch {
                handlerFailed(error, connection)
            }
            connection.socket.leaveHome()
            if let pump = connection.pump {
                pump.keepServed(number, in: served)
            } else {
                connection.close()
                served.remove(number)
            }
            place.leave()
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
    private func waitForRoom() async throws(SocketError) {
        let limit = configuration.connectionLimit
        while served.count >= limit {
            // Also looks now and then by itself: a close() from elsewhere sets no signal.
            let pause = Deadline.after(.milliseconds(100))
            _ = await served.waitForChange(unlessFewerThan: limit, on: socket.loop, until: pause)
            if socket.isClosed || Task.isCancelled { return }
        }
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
