internal import Logging
internal import SessionProtocol
internal import Sockets

// A client's connections, one after the other (docs/session-protocol.md §3).

extension Session {
    /// Attaches again and again until the session is over.
    ///
    /// Gives why it gave up, if it was never attached.
    func stayAttached(_ dialer: Dialer, until deadline: Deadline) async -> SessionError? {
        var attempt = Attempt(dialer)
        let failure = await Deadline.leftBehind { () async -> SessionError? in
            while ending == nil {
                let wasFirst = statistics().attachmentCount == 0
                let failure = await attach(&attempt, by: wasFirst ? deadline : .never)
                if ending != nil { return failure }
                let isFirst = statistics().attachmentCount == 0
                if let failure, isFirst, attempt.isOver(deadline) { return failure }
                let pause = attempt.pause(self)
                // Not attached yet, it has so much time; later it has all there is.
                let end = isFirst ? min(deadline, .after(pause)) : Deadline.after(pause)
                do throws(SocketError) {
                    try await loop.sleep(until: end)
                } catch {
                    return .cancelled
                }
            }
            return nil
        }
        if ending == nil { abandon() }
        return failure
    }

    /// One connection, from connecting to its end; gives why it was not accepted.
    private func attach(_ attempt: inout Attempt, by deadline: Deadline) async -> SessionError? {
        let logger = attempt.dialer.configuration.logger
        let connection: SessionConnection
        do {
            let credentials = try await attempt.dialer.configuration.credentials()
            guard credentials.count <= Self.credentialsLimit else {
                return SessionError(.tooLong, .limit, "credentials of \(credentials.count) bytes")
            }
            connection = SessionConnection(try await attempt.dialer.dial(by: deadline))
            begin(connection, credentials, attempt.dialer.current)
        } catch {
            attempt.failed()
            logger.debug(
                "session is not connected",
                metadata: ["session": "\(id)", "error": "\(error)"]
            )
            return SessionError(.unreachable, .failed, "\(error)")
        }
        await carry(over: connection)
        return attempt.conclude(self, connection)
    }

    /// What a server takes (docs/session-protocol.md §9).
    private static let credentialsLimit = 4_096

    private func begin(
        _ connection: SessionConnection,
        _ credentials: [UInt8],
        _ endpoint: Endpoint
    ) {
        let now = SessionClock.now
        step { state, _ in
            connection.epoch = state.machine.connected(credentials: credentials, now: now)
            state.connection = connection
            state.endpoint = endpoint
            state.peerAddress = connection.stream.lowestConnection?.peerAddress
        }
    }
}

/// What a client remembers from one attempt to the next.
private struct Attempt {
    var dialer: Dialer
    private var pauses = ReconnectPauses()
    /// Attempts that failed one after the other.
    private var failureCount = 0
    /// What the server said about when to come back.
    private var wait: Duration?

    init(_ dialer: Dialer) { self.dialer = dialer }

    /// There was no connection.
    mutating func failed() {
        failureCount += 1
        dialer.moveOn()
    }

    /// The connection is over: notes how it went.
    mutating func conclude(_ session: Session, _ connection: SessionConnection) -> SessionError? {
        let (wasAttached, cause, leaving, slot) = session.state.withLock { state in
            let leaving = state.leaving
            return (
                connection.isAttached, state.lastDetach, leaving, state.machine.timing.slot
            )
        }
        if case .ended? = cause { return session.ending.map { SessionError($0) } }
        if case .refused(let refusal)? = cause {
            failed()
            wait = .milliseconds(Int64(refusal.retryAfterMilliseconds))
            return SessionError(.refused, refusal.code, refusal.text)
        }
        guard wasAttached else {
            failed()
            return SessionError(.unreachable, .failed, "\(dialer.current) did not answer")
        }
        pauses = ReconnectPauses()
        failureCount = 0
        if let leaving {
            dialer.recommend(leaving.drain.endpoint)
            wait = .milliseconds(Int64(leaving.drain.delayMilliseconds))
        } else {
            wait = .milliseconds(Int64(slot))
        }
        return nil
    }

    /// Whether a client that was never attached gives up.
    func isOver(_ deadline: Deadline) -> Bool {
        switch dialer.configuration.firstAttach {
        case .once: failureCount >= dialer.endpointCount
        case .persistent: deadline.hasPassed
        }
    }

    /// How long to wait before the next attempt.
    mutating func pause(_ session: Session) -> Duration {
        defer { wait = nil }
        // Behind a connection: the time the server has set, and that alone. Between endpoints that do
        // not do: none.
        if failureCount % dialer.endpointCount != 0 || failureCount == 0 { return wait ?? .zero }
        return max(wait ?? .zero, pauses.next())
    }
}
