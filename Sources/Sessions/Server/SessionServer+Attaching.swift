internal import Logging
internal import SessionProtocol
public import Sockets

extension SessionServer {
    /// Carries one connection to its end: reads which session it means, begins or resumes that, and
    /// closes the stream.
    ///
    /// Any task; cancelling ends the connection, not the session. While ``serve(_:)`` does not run,
    /// clients are told to try later.
    ///
    /// - Parameters:
    ///   - stream: Of which nothing was read, not even the hello.
    ///   - peer: Where it comes from, for the hook.
    public func attach(_ stream: some ByteStream, peer: SocketAddress? = nil) async {
        await welcome(stream, peer ?? stream.lowestConnection?.peerAddress)
        stream.close()
    }

    private func welcome(_ stream: any ByteStream, _ peer: SocketAddress?) async {
        let greeting = await Deadline.leftBehind {
            await withDeadline(.after(configuration.attachTimeLimit)) {
                await greet(stream, peer)
            }
        }
        switch greeting {
        case .nobody:
            table.withLock { $0.counts.strangerCount += 1 }
        case .violation(let violation):
            table.withLock { $0.counts.strangerCount += 1 }
            await dismiss(stream, AttachReader.faultBytes(violation))
        case .refused(let refusal):
            table.withLock { $0.counts.refusedCount += 1 }
            await dismiss(stream, refusal.bytes)
        case .attached(let session, let connection):
            await Deadline.leftBehind { await session.carry(over: connection) }
            session.endIfDrained()
        }
    }

    private enum Greeting {
        case attached(Session, SessionConnection)
        case refused(Refusal)
        case violation(Violation)
        /// The stream ended, or nothing came in time.
        case nobody
    }

    private func greet(_ stream: any ByteStream, _ peer: SocketAddress?) async -> Greeting {
        let request: AttachRequest
        do {
            request = try await read(from: stream)
        } catch let violation as Violation {
            return .violation(violation)
        } catch {
            return .nobody
        }
        do throws(Refusal) {
            try checkRoom(for: request)
            let isKnown = table.withLock { $0.entries[request.ticket.session] != nil }
            let admission = try await configuration.authenticate(
                SessionRequest(
                    session: request.ticket.session,
                    credentials: request.credentials,
                    peerAddress: peer,
                    isResuming: isKnown
                )
            )
            let connection = SessionConnection(stream)
            let session = try admit(request, admission, connection, peer)
            return .attached(session, connection)
        } catch {
            return .refused(error)
        }
    }

    private func read(from stream: any ByteStream) async throws -> AttachRequest {
        var reader = AttachReader()
        var buffer = ByteBuffer(limit: 8_192)
        while try await stream.receive(into: &buffer) > 0 {
            if let request = try reader.receive(buffer.bytes) { return request }
            buffer.clear()
        }
        throw SocketError(.unexpectedEnd, in: .receive)
    }

    /// Whether a client may come in at all, before it is asked who it is.
    private func checkRoom(for request: AttachRequest) throws(Refusal) {
        let refusal: Refusal? = table.withLock { table in
            if table.drain != nil {
                let slot = configuration.slot(ofPlace: table.nextPlace)
                return Refusal(.draining, retryAfterMilliseconds: slot)
            }
            if table.entries[request.ticket.session] != nil { return nil }
            guard table.isServing, table.entries.count < configuration.sessionLimit else {
                return Refusal(.overloaded, retryAfterMilliseconds: Self.overloadPause)
            }
            return nil
        }
        if let refusal { throw refusal }
    }

    /// When a client that found no room should try again, in milliseconds.
    ///
    /// Arbitrary.
    private static let overloadPause: UInt32 = 1_000

    /// Begins a session, or has it taken up.
    private func admit(
        _ request: AttachRequest,
        _ admission: SessionAdmission,
        _ connection: SessionConnection,
        _ peer: SocketAddress?
    ) throws(Refusal) -> Session {
        // Again: the hook may have taken a while.
        try checkRoom(for: request)
        let entry = table.withLock { $0.entries[request.ticket.session] }
        guard let entry else { return try begin(request, admission, connection, peer) }
        guard entry.session.identity == admission.identity else {
            throw Refusal(.refused, text: "another identity")
        }
        try entry.session.resume(
            request,
            admission,
            connection,
            peer,
            slot: configuration.slot(ofPlace: entry.place)
        )
        table.withLock { $0.counts.resumedCount += 1 }
        return entry.session
    }

    private func begin(
        _ request: AttachRequest,
        _ admission: SessionAdmission,
        _ connection: SessionConnection,
        _ peer: SocketAddress?
    ) throws(Refusal) -> Session {
        var settings = configuration.settings
        let loop =
            connection.stream.lowestConnection?.loop ?? EventLoop.current
            ?? configuration.loops.next()
        let (session, starter) = try table.withLock { table throws(Refusal) in
            // Two connections of one new session: the second must not begin it again.
            guard table.entries[request.ticket.session] == nil else {
                throw Refusal(.overloaded, text: "it is being attached")
            }
            settings.timing.slot = configuration.slot(ofPlace: table.nextPlace)
            let machine = try SessionMachine(
                accepting: request,
                settings: settings,
                answer: admission.answer,
                now: SessionClock.now
            )
            let session = Session(
                machine,
                loop: loop,
                closeTimeLimit: configuration.closeTimeLimit
            )
            _ = table.insert(session)
            table.counts.begunCount += 1
            return (session, table.starter)
        }
        session.step { state, _ in
            connection.epoch = request.epoch
            state.identity = admission.identity
            // A newer attachment may have been quicker than this.
            guard state.machine.epoch == request.epoch else {
                connection.isOver = true
                return
            }
            state.connection = connection
            state.peerAddress = peer
        }
        starter?.wake()
        return session
    }

    /// Says something last, and lets the client see it: closing at once could throw it away.
    private func dismiss(_ stream: any ByteStream, _ bytes: [UInt8]) async {
        try? await withDeadline(.after(configuration.closeTimeLimit)) {
            () async throws(SocketError) in
            try await stream.send(bytes)
            try await stream.finish()
            var buffer = ByteBuffer(limit: 8_192)
            while try await stream.receive(into: &buffer) > 0 { buffer.clear() }
        }
    }
}

extension Session {
    /// The client is back on a new connection.
    fileprivate func resume(
        _ request: AttachRequest,
        _ admission: SessionAdmission,
        _ connection: SessionConnection,
        _ peer: SocketAddress?,
        slot: UInt32
    ) throws(Refusal) {
        try step { state, aftermath throws(Refusal) in
            try state.machine.resume(
                request,
                answer: admission.answer,
                slot: slot,
                now: SessionClock.now
            )
            if let old = state.connection { state.cut(old, &aftermath) }
            connection.epoch = request.epoch
            state.connection = connection
            state.peerAddress = peer
        }
    }

    /// A client that was told to leave has left.
    fileprivate func endIfDrained() {
        let now = SessionClock.now
        step { state, _ in
            if state.isDraining, state.connection == nil { state.machine.abandon(now: now) }
        }
    }
}
