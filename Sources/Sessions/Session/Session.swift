internal import DequeModule
public import SessionProtocol
public import Sockets

/// One end of a conversation that outlives the connections which carry it.
///
/// Everything sent in it ends in exactly one `Receipt`, and where messages are missing a receiver is
/// told so in their place (docs/session-protocol.md). A client gets one from
/// ``connect(to:_:transport:_:)``, a server from ``SessionServer/serve(_:)``; from then on the two ends
/// are equals.
///
/// ```swift
/// try await Session.connect(to: "localhost:7000") { session in
///     let log = try await session.log("audit")
///     guard try await log.send("hello") == .delivered else { return }
/// }
/// ```
///
/// Any task and thread may call; on the thread of ``loop`` nothing has to change threads.
public final class Session: Sendable {
    /// The session's name: in logs and ledgers.
    public let id: SessionID
    /// Which end this is.
    public let role: SessionMachine.Role
    /// The loop that keeps its time, and on which its handlers run.
    public let loop: EventLoop
    /// How long an unanswered farewell is waited for.
    let closeTimeLimit: Duration

    let state: Lock<SessionState>
    private let timer: OwnedTimer

    init(_ machine: SessionMachine, loop: EventLoop, closeTimeLimit: Duration) {
        id = machine.ticket.session
        role = machine.role
        self.loop = loop
        self.closeTimeLimit = closeTimeLimit
        state = Lock(SessionState(machine, closeTimeLimit))
        timer = OwnedTimer(on: loop)
        timer.belong(to: self)
    }

    // MARK: What it is like now

    /// Whether a connection carries it.
    public var isAttached: Bool { state.withLock { $0.machine.isAttached } }

    /// How it ended; nil while it has not.
    public var ending: SessionEnding? { state.withLock { $0.machine.ending } }

    /// Who the other end is, as the server's hook has said.
    public var identity: SessionIdentity { state.withLock { $0.identity } }

    /// What the server's application said when it accepted this client last.
    public var answer: [UInt8] { state.withLock { $0.answer } }

    /// Where the other end is, or was last, if that is known.
    public var peerAddress: SocketAddress? { state.withLock { $0.peerAddress } }

    /// What this end says of all messages so far (docs/session-protocol.md §12).
    public var ledger: Ledger { state.withLock { $0.machine.ledger } }

    /// What it has done so far.
    public func statistics() -> SessionStatistics { state.withLock { $0.counts } }

    /// What happens to it from now on.
    public var changes: SessionChanges { SessionChanges(session: self) }

    /// Waits until it is over, and says how it ended.
    ///
    /// - Throws: ``SessionError`` when the task was cancelled or its deadline passed.
    @discardableResult
    public func waitForEnd() async throws(SessionError) -> SessionEnding {
        var count = 0
        while true {
            if let ending { return ending }
            (_, count) = try await change(after: count)
        }
    }

    // MARK: Steps

    /// Changes the state, then does everything that follows from it.
    ///
    /// - `body` runs under the lock: it must not wait, nor resume anybody.
    ///
    /// Never inlined: an asynchronous caller would keep its temporaries in its own frame, which is what
    /// an idle session keeps in memory, and what each call has to allocate.
    @inline(never)
    func step<Result, Failure: Error>(
        _ body: (inout SessionState, inout Aftermath) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try stepInline(body)
    }

    /// As ``step(_:)``, for the synchronous functions that each message goes through: those are never
    /// inlined then.
    @inline(__always)
    func stepInline<Result, Failure: Error>(
        _ body: (inout SessionState, inout Aftermath) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var aftermath = Aftermath()
        let outcome: Swift.Result<Result, Failure> = state.withLock { state in
            let outcome: Swift.Result<Result, Failure>
            do throws(Failure) {
                outcome = .success(try body(&state, &aftermath))
            } catch {
                outcome = .failure(error)
            }
            state.settle(&aftermath)
            if state.handlers != nil, !state.incoming.isEmpty {
                startHandlers(&state, &aftermath)
                // Who is refused is told now.
                state.settle(&aftermath)
            }
            state.leaveServerIfGone(&aftermath)
            setTimer(&state)
            return outcome
        }
        aftermath.carryOut()
        if let connection = aftermath.connectionToWrite { startWriting(to: connection) }
        if let server = aftermath.serverToLeave { server.conclude(self) }
        return try outcome.get()
    }

    /// Arms the timer if something is due before it would fire.
    ///
    /// Never moved to a later time: it fires too early now and then, which is cheaper than being
    /// moved with every message.
    private func setTimer(_ state: inout SessionState) {
        guard let next = state.nextMoment, state.armedAt.map({ next < $0 }) ?? true else { return }
        state.armedAt = next
        timer.arm(at: SessionClock.deadline(of: next))
    }
}

extension Session: TimerOwner {
    /// Something is due.
    package func timerFired() {
        let now = SessionClock.now
        step { state, aftermath in
            state.armedAt = nil
            state.advance(to: now, &aftermath)
        }
    }
}
