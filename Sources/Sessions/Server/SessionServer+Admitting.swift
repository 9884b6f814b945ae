internal import SessionProtocol
internal import Sockets

// Who may come in, and which session that begins or resumes (docs/session-protocol.md §3).

extension SessionServer {
    /// Whether a client may come in at all, before it is asked who it is.
    func checkRoom(for request: AttachRequest) throws(Refusal) {
        let entry = table.withLock { $0.entries[request.ticket.session] }
        // Also when there is no room: waiting would not help who takes up what is not there.
        if request.isResuming, entry.map({ $0.session.ending != nil }) ?? true {
            throw Refusal(.unknownSession)
        }
        if let refusal = table.withLock({ lackOfRoom(for: request, &$0) }) { throw refusal }
    }

    private func lackOfRoom(
        for request: AttachRequest,
        _ table: inout SessionTable
    ) -> Refusal? {
        if let place = table.placeAfterDrain(of: request.ticket.session) {
            let slot = configuration.slot(ofPlace: place)
            return Refusal(.draining, retryAfterMilliseconds: slot)
        }
        if table.entries[request.ticket.session] != nil { return nil }
        guard table.isServing, table.entries.count < configuration.sessionLimit else {
            return Refusal(.overloaded, retryAfterMilliseconds: Self.overloadPause)
        }
        return nil
    }

    /// When a client that found no room should try again, in milliseconds.
    ///
    /// Arbitrary.
    private static let overloadPause: UInt32 = 1_000

    /// Begins a session, or has it taken up.
    func admit(
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
        let (session, handlers, starter) = try table.withLock { table throws(Refusal) in
            // Two connections of one new session: the second must not begin it again.
            guard table.entries[request.ticket.session] == nil else {
                throw Refusal(.overloaded, text: "it is being attached")
            }
            // Others may have been quicker, and a drain may have begun.
            if let refusal = lackOfRoom(for: request, &table) { throw refusal }
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
            return (session, table.handlers, table.starter)
        }
        session.step { state, aftermath in
            if let handlers {
                state.handlers = handlers
                state.server = self
            }
            connection.epoch = request.epoch
            state.identity = admission.identity
            // A newer attachment may have been quicker than this.
            guard state.machine.epoch == request.epoch else {
                return state.cut(connection, &aftermath)
            }
            state.connection = connection
            state.peerAddress = peer
        }
        if handlers == nil { starter?.wake() }
        return session
    }
}
