internal import Digests
internal import Logging
internal import SessionProtocol
public import Sockets

extension Session {
    /// Begins a session with a server, runs `body` with it and closes it.
    ///
    /// From the first attachment on the session stays through lost connections by itself: it attaches
    /// again after the time the server has set (so that not all of its clients come at once), then after
    /// random times of up to 30 s, at the endpoints in turn.
    ///
    /// A server that has forgotten the session (restarted, or away for too long) ends it: every send has
    /// its receipt then, and whatever is asked of the session throws ``SessionError/Kind/ended``. With
    /// ``SessionClientConfiguration/renews``, `body` is called again then, with a new session.
    ///
    /// ```swift
    /// try await Session.connect(to: "localhost:7000") { session in
    ///     print(try await session.call("time"))
    /// }
    /// ```
    /// `body` runs on the session's loop, unless it belongs to an actor.
    ///
    /// - Parameters:
    ///   - endpoints: Where servers are, tried in this order.
    ///   - configuration: How this end behaves.
    ///   - transport: Connects to one of them.
    ///   - body: What to do with the session.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; ``SessionError`` when no session comes about: `unreachable`,
    ///   `refused`, `cancelled`, `deadlinePassed`.
    public static func connect<Result>(
        to endpoints: [Endpoint],
        _ configuration: SessionClientConfiguration = .init(),
        transport: @escaping @Sendable (Endpoint) async throws -> any ByteStream,
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        var dialer = Dialer(endpoints, configuration, transport)
        let loop = try configuration.loops.nearest()
        return try await withTaskExecutorPreference(loop) {
            var pauses = ReconnectPauses()
            while true {
                let session = Session(client: configuration, loop: loop)
                do {
                    return try await session.run(dialer, body)
                } catch  where configuration.renews && session.isForgottenByServer {
                    configuration.logger.info(
                        "session begins anew",
                        metadata: ["session": "\(session.id)"]
                    )
                    dialer.goOn(at: session.state.withLock { $0.endpoint })
                    // A server that forgets at once must not be asked without end.
                    try await loop.sleep(until: .after(pauses.next()))
                }
            }
        }
    }

    /// Begins a session with a server over TCP or a Unix socket; as the form for any transport.
    public static func connect<Result>(
        to endpoint: Endpoint,
        _ configuration: SessionClientConfiguration = .init(),
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        try await connect(
            to: [endpoint],
            configuration,
            transport: { try await StreamConnection.connect(to: $0, loops: configuration.loops) },
            body
        )
    }

    /// The client's end of a new session, with a ticket nobody can guess.
    convenience init(client configuration: SessionClientConfiguration, loop: EventLoop) {
        var random = TicketBytes()
        self.init(
            SessionMachine(
                client: SessionTicket(using: &random),
                settings: configuration.settings
            ),
            loop: loop,
            closeTimeLimit: configuration.closeTimeLimit
        )
    }

    /// Whether it is over because the server does not have it any more.
    private var isForgottenByServer: Bool {
        switch ending {
        case .refused(let refusal)?: refusal.code == .unknownSession
        case .expired?: true
        default: false
        }
    }

    /// From the first attachment to the end.
    private func run<Result>(
        _ dialer: Dialer,
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        let deadline = Deadline.current
        async let keeping = stayAttached(dialer, until: deadline)
        defer { dialer.configuration.ledger?.write(self, dialer.configuration.logger) }
        do {
            try await waitForFirstAttachment()
        } catch {
            abandon()
            // Why no connection came about says more than that there is none.
            throw await keeping ?? error
        }
        do {
            let result = try await body(self)
            await end()
            return result
        } catch {
            await end()
            throw error
        }
    }

    private func end() async {
        await close()
        await waitForLastConnection()
    }

    private func waitForFirstAttachment() async throws(SessionError) {
        var count = 0
        while true {
            let change: SessionChange
            (change, count) = try await self.change(after: count)
            if state.withLock({ $0.counts.attachmentCount }) > 0 { return }
            if case .ended(let ending) = change { throw SessionError(ending) }
        }
    }
}

/// Random bytes that nobody can guess, as a generator.
private struct TicketBytes: RandomNumberGenerator {
    mutating func next() -> UInt64 {
        RandomBytes.make(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
