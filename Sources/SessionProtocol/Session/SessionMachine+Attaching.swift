import DequeModule

// Attaching and detaching (§3). The client asks; the server is asked.

extension SessionMachine {
    /// The client has a new connection.
    ///
    /// Gives its epoch; the output begins with `ATTACH`.
    ///
    /// A connection before it counts as lost.
    public mutating func connected(credentials: [UInt8] = [], now: SessionInstant) -> UInt64 {
        precondition(role == .client, "a server is attached to")
        precondition(credentials.count <= WireLimit.credentials, "credentials are bounded")
        detach(.evicted, now: now)
        guard ending == nil else { return epoch }
        epoch += 1
        phase = .attaching
        let request = AttachRequest(
            ticket: ticket,
            epoch: epoch,
            isResuming: wasAttached,
            receivedCount: reception.count,
            clock: now.microseconds,
            limits: settings.limits,
            credentials: credentials
        )
        control.greeting = Hello.bytes(version: Hello.version)
        Frame.attach(request).write(into: &control.greeting)
        control.missingHello = []
        ask(now)
        liveness.lastSign = now
        return epoch
    }

    /// The server's end of a new session, attached.
    ///
    /// - Throws: a ``Refusal`` of a client that takes up a session this server does not know.
    public init(
        accepting request: AttachRequest,
        settings: SessionSettings = SessionSettings(),
        answer: [UInt8] = [],
        now: SessionInstant
    ) throws(Refusal) {
        guard !request.isResuming, request.receivedCount == 0 else {
            throw Refusal(.unknownSession)
        }
        self.init(.server, request.ticket, settings)
        accept(request, answer, now)
    }

    /// The session's client is back on a new connection; an older one is evicted.
    ///
    /// It may be given another `slot` for the next time, in milliseconds.
    ///
    /// - Throws: a ``Refusal``, to be sent on the new connection. The older one goes on, unless
    ///   the request proves that the two ends no longer agree: then the session ends.
    public mutating func resume(
        _ request: AttachRequest,
        answer: [UInt8] = [],
        slot: UInt32? = nil,
        now: SessionInstant
    ) throws(Refusal) {
        precondition(role == .server, "a client attaches")
        guard ending == nil, request.ticket.session == ticket.session else {
            throw Refusal(.unknownSession)
        }
        guard ticket.hasSecret(of: request.ticket) else { throw Refusal(.wrongTicket) }
        guard request.epoch > epoch else { throw Refusal(.staleEpoch) }
        let refusal = Refusal(.unknownSession, text: "the ends do not agree on what was received")
        guard link.mayAcknowledge(request.receivedCount) else {
            end(.refused(refusal), now: now)
            throw refusal
        }
        if let slot { timing.slot = slot }
        accept(request, answer, now)
    }

    private mutating func accept(_ request: AttachRequest, _ answer: [UInt8], _ now: SessionInstant)
    {
        precondition(answer.count <= WireLimit.credentials, "answers are bounded")
        detach(.evicted, now: now)
        let isResumed = wasAttached
        epoch = request.epoch
        phase = .attached
        wasAttached = true
        peerLimits = peerLimits ?? request.limits
        resend(from: request.receivedCount)
        let acceptance = Acceptance(
            epoch: epoch,
            receivedCount: reception.count,
            clock: now.microseconds,
            limits: settings.limits,
            timing: timing,
            answer: answer
        )
        noteTold()
        control.greeting = Hello.bytes(version: Hello.version)
        Frame.accept(acceptance).write(into: &control.greeting)
        ask(now)
        liveness.lastSign = now
        events.append(.attached(epoch: epoch, isResumed: isResumed, answer: []))
    }

    /// The server accepts this client.
    mutating func handle(_ acceptance: Acceptance, now: SessionInstant) throws(Violation) {
        guard phase == .attaching, acceptance.epoch == epoch else {
            throw Violation(.wrongState, "an ACCEPT that was not asked for")
        }
        guard link.mayAcknowledge(acceptance.receivedCount) else {
            throw Violation(.malformed, "an ACCEPT of frames that were not sent")
        }
        answered(acceptance.clock, now)
        control.pongEcho = acceptance.clock
        timing = acceptance.timing
        peerLimits = peerLimits ?? acceptance.limits
        phase = .attached
        noteTold()
        resend(from: acceptance.receivedCount)
        events.append(
            .attached(epoch: epoch, isResumed: wasAttached, answer: acceptance.answer)
        )
        wasAttached = true
    }

    /// The server refuses this client: for now, or for good.
    mutating func handle(_ refusal: Refusal, now: SessionInstant) throws(Violation) {
        guard phase == .attaching else {
            throw Violation(.wrongState, "a REFUSE that was not asked for")
        }
        if refusal.leavesSession {
            detach(.refused(refusal), now: now)
        } else {
            end(.refused(refusal), now: now)
        }
    }

    /// The connection of an epoch is gone.
    ///
    /// Of another than the latest it means nothing.
    public mutating func disconnected(epoch: UInt64, now: SessionInstant) {
        guard epoch == self.epoch else { return }
        detach(.transportEnded, now: now)
    }

    mutating func detach(_ cause: DetachCause, now: SessionInstant) {
        guard phase != .detached else { return }
        phase = .detached
        control = ControlFrames()
        arrivals.removeAll()
        liveness.isAsking = false
        liveness.detachedAt = now
        reception.due = nil
        dropDatagrams()
        withdrawRetained()
        events.append(.detached(epoch: epoch, cause))
    }

    /// What the other end has received is forgotten, the rest is sent again (§3).
    private mutating func resend(from receivedCount: UInt64) {
        // The count was checked: it lies between what was acknowledged and what was sent.
        try? link.acknowledge(receivedCount)
        link.rewind()
    }

    private mutating func noteTold() {
        reception.toldCount = reception.count
        reception.untoldSize = 0
        reception.due = nil
    }

    /// Turns retained frames of what was withdrawn to `WITHDRAWN` (§6): nothing sends them now,
    /// and when something does again, they must not run.
    private mutating func withdrawRetained() {
        for slot in streams.occupied {
            let all = streams[slot].resetCode != nil
            for record in streams[slot].outgoing.records where all || record.isWithdrawn {
                link.withdraw(streams[slot].id.rawValue, record.positions)
            }
        }
    }
}

extension Refusal: Error {}
