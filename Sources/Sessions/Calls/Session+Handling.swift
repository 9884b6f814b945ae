internal import SessionProtocol
internal import Sockets

extension Session {
    /// Handles what the other end opens, each stream in a task of its own on the session's loop, until the
    /// session is over.
    ///
    /// Then, and when the task is cancelled, the handlers that still run are cancelled; it returns when
    /// they have. They inherit nothing else: no deadline, no priority, no task-local value. A handler's error ends its stream and nothing else. As many run at a time as the other
    /// end may have streams open (`streamLimit`): one that goes on when its stream is over keeps its place,
    /// so that who opens streams and gives them up at once cannot start more.
    ///
    /// - Throws: ``SessionError``: `ended`, if not in good order; `busy` when somebody else handles them or
    ///   reads ``incoming``; `cancelled`, `deadlinePassed`.
    public func serve(_ handlers: SessionHandlers) async throws(SessionError) {
        try begin(SharedHandlers(handlers))
        let failure = await failureInTheEnd()
        step { state, aftermath in
            state.handlers = nil
            state.cancelHandlers(&aftermath)
        }
        await wait(heedsCancellation: false) { $0.running.isEmpty }
        if let failure { throw failure }
    }

    private func begin(_ handlers: SharedHandlers) throws(SessionError) {
        try step { state, _ throws(SessionError) in
            guard state.handlers == nil, state.running.isEmpty, state.incomingReader == nil
            else { throw .busy }
            state.handlers = handlers
        }
    }

    /// Nil for an end in good order.
    private func failureInTheEnd() async -> SessionError? {
        do throws(SessionError) {
            switch try await waitForEnd() {
            case .closed, .abandoned: return nil
            case let ending: return SessionError(ending)
            }
        } catch {
            return error
        }
    }

    /// Starts handlers of the streams that have come, as many as may run.
    ///
    /// Under the lock: a handler is among those that run before it can end.
    @inline(never)
    func startHandlers(_ state: inout SessionState, _ aftermath: inout Aftermath) {
        guard let handlers = state.handlers?.handlers else { return }
        while let (number, stream) = state.nextToHandle(self, handlers, &aftermath) {
            state.running[number] = Task.detached(executorPreference: loop) {
                await handlers.handle(stream)
                self.handled(number)
            }
        }
    }

    private func handled(_ number: UInt64) {
        step { state, aftermath in
            state.running[number] = nil
            // Somebody waits for the last.
            if state.running.isEmpty, state.handlers == nil || state.machine.ending != nil {
                aftermath.wake(&state.watchers)
            }
        }
    }
}
