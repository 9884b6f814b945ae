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
        try await serve(by: nil) { await self.runSessions(handler) }
    }

    /// Handles what the other ends open, as ``Session/serve(_:)`` does, until the server has drained or the
    /// task is cancelled, which abandons the sessions.
    ///
    /// Once in a server's life. For very many sessions: one in which no stream is open has no task, and
    /// takes less than half the memory (docs/decisions/0017-nobody-waits.md). Every `call` and stream says
    /// which session it belongs to. Handlers inherit nothing of the task that serves.
    ///
    /// ```swift
    /// var handlers = SessionHandlers()
    /// handlers.reply("echo") { request in request }
    /// handlers.log("audit") { log in
    ///     for try await element in log { print(log.session.identity, element) }
    /// }
    /// try await SessionServer.listen(on: ["localhost:7000"]) { [handlers] server in
    ///     try await server.serve(handlers)
    /// }
    /// ```
    /// - Throws: `SocketError` when a listener fails; `cancelled` when the task was.
    public func serve(_ handlers: SessionHandlers) async throws {
        try await serve(by: SharedHandlers(handlers)) { await self.waitForSessions() }
    }

    private func serve(
        by handlers: SharedHandlers?,
        _ lookAfterSessions: @escaping @Sendable () async -> Void
    ) async throws {
        table.withLock { table in
            precondition(!table.isServing, "a server serves once")
            table.isServing = true
            table.handlers = handlers
        }
        var failure: (any Error)?
        do {
            try await runListeners(beside: lookAfterSessions)
        } catch {
            failure = error
        }
        await end()
        if let failure { throw failure }
        try Task.checkCancellation()
    }

    private func runListeners(
        beside lookAfterSessions: @escaping @Sendable () async -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for listener in listeners {
                group.addTask { try await listener.serve { try self.take($0) } }
            }
            group.addTask { await lookAfterSessions() }
            do {
                try await group.waitForAll()
            } catch {
                // A listener that fails ends the whole.
                group.cancelAll()
                throw error
            }
        }
    }

    /// Takes nobody any more, and waits until nothing is left.
    private func end() async {
        let unserved = table.withLock { table in
            table.isServing = false
            let unserved = table.unserved
            table.unserved = []
            return unserved
        }
        for session in unserved {
            session.abandon()
            conclude(session)
        }
        let loop = configuration.loops.next()
        while let signal = lastWait(loop) {
            _ = await signal.wait(until: .never, heedsCancellation: false)
        }
        // They may have the server. Let go of outside of the lock.
        _ = table.withLock { $0.handlers.take() }
    }

    /// For what to wait while something is left.
    private func lastWait(_ loop: EventLoop) -> Signal? {
        table.withLock { table in
            let isOver = table.entries.isEmpty && table.decisionCount == 0
            table.starter = isOver ? nil : Signal(on: loop)
            return table.starter
        }
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

    /// Waits until the server has drained; when cancelled, abandons the sessions, which look after
    /// themselves.
    private func waitForSessions() async {
        await Deadline.leftBehind {
            let loop = configuration.loops.next()
            while case .wait(let signal, let deadline) = nextStart(loop) {
                if case .set = await signal.wait(until: deadline) { continue }
                // Out of time, or cancelled: nobody is waited for any more.
                table.withLock { $0.isServing = false }
                for session in sessions { session.abandon() }
                return
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
        await session.wait(heedsCancellation: false) { $0.isGone }
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

    /// Forgets a session that is over.
    @inline(never)
    func conclude(_ session: Session) {
        configuration.ledger?.write(session, configuration.logger)
        let starter = table.withLock { table in
            table.remove(session)
            return table.isServing && table.drain == nil ? nil : table.starter
        }
        starter?.wake()
    }
}
