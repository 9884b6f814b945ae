internal import DequeModule
internal import Logging
internal import Sockets

extension SessionServer {
    /// Serves every session by `handler`, each in a child task on its loop, until the server has drained
    /// or the task is cancelled, which abandons the sessions.
    ///
    /// Once in a server's life. A session is closed when its handler returns; a handler's error does the
    /// same, and is logged. When the session ends by itself, everything the handler asks of it ends or
    /// throws.
    ///
    /// - Throws: `SocketError` when a listener fails; `cancelled` when the task was.
    public func serve(
        _ handler: @escaping @Sendable (Session) async throws -> Void
    ) async throws {
        table.withLock { table in
            precondition(!table.isServing, "a server serves once")
            table.isServing = true
        }
        defer { table.withLock { $0.isServing = false } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for listener in listeners {
                group.addTask {
                    try await listener.serve { connection in
                        await self.attach(connection, peer: connection.peerAddress)
                    }
                }
            }
            group.addTask { await self.runSessions(handler) }
            do {
                try await group.waitForAll()
            } catch {
                // A listener that fails ends the whole.
                group.cancelAll()
                throw error
            }
        }
        try Task.checkCancellation()
    }

    private enum Start {
        case session(Session)
        case wait(Signal, Deadline)
        case over
    }

    /// Starts the handlers of new sessions.
    private func runSessions(
        _ handler: @escaping @Sendable (Session) async throws -> Void
    ) async {
        await Deadline.leftBehind {
            let loop = configuration.loops.next()
            await withLargeTaskGroup(on: loop) { group in
                starting: while true {
                    switch nextStart(loop) {
                    case .session(let session):
                        let place = group.takePlace()
                        group.addTask(at: place, on: session.loop) {
                            await self.run(session, handler)
                            place.leave()
                        }
                    case .over:
                        break starting
                    case .wait(let signal, let deadline):
                        if case .set = await signal.wait(until: deadline) { continue }
                        // Out of time, or cancelled: nobody is waited for any more.
                        group.cancelAll()
                        for session in sessions { session.abandon() }
                        break starting
                    }
                }
            }
        }
    }

    private func nextStart(_ loop: EventLoop) -> Start {
        table.withLock { table in
            table.starter = nil
            if let session = table.unserved.popFirst() { return .session(session) }
            if table.drain != nil, table.entries.isEmpty { return .over }
            let signal = Signal(on: loop)
            table.starter = signal
            return .wait(signal, table.drain?.deadline ?? .never)
        }
    }

    /// A session's whole life at this end.
    private func run(
        _ session: Session,
        _ handler: @Sendable (Session) async throws -> Void
    ) async {
        do {
            try await handler(session)
        } catch {
            logFailure(of: session, error)
        }
        // Not in good order when cancelled: clients would take it for the end, and not come back.
        if Task.isCancelled { session.abandon() }
        await session.close()
        conclude(session)
    }

    // Not inlined, as what they need would be in the frame that an idle session keeps.

    @inline(never)
    private func logFailure(of session: Session, _ error: any Error) {
        configuration.logger.debug(
            "session handler failed",
            metadata: ["session": "\(session.id)", "error": "\(error)"]
        )
    }

    @inline(never)
    private func conclude(_ session: Session) {
        configuration.ledger?.write(session, configuration.logger)
        let starter = table.withLock { table in
            table.remove(session)
            return table.drain == nil ? nil : table.starter
        }
        starter?.wake()
    }
}
