internal import ChatCore
internal import Sockets
internal import Synchronization

/// The one owner of the chat, for the connections of all listeners.
///
/// A lock, not an actor: what a line leads to is a few microseconds of queueing, and readers on
/// every loop do it right where they are, without changing threads twice a line. Sending, which is
/// the expensive part of a broadcast, happens outside, on all loops at once.
final class Hall: Sendable {
    private struct Guarded: Sendable {
        var state: HallState
        var alarm: Alarm?
    }

    /// The one timer, and when it rings.
    private struct Alarm: Sendable {
        let due: ChatInstant
        let task: Task<Void, Never>
    }

    private let guarded: Mutex<Guarded>
    private let clock = ChatClock()
    private let limits: ChatServer.Limits
    private let outflows: [ObjectIdentifier: Outflow]
    private let timerLoop: EventLoop

    init(_ configuration: ChatServer.Configuration, loops: EventLoopGroup) {
        guarded = Mutex(Guarded(state: HallState(configuration)))
        limits = configuration.limits
        outflows = Dictionary(
            uniqueKeysWithValues: loops.loops.map { (ObjectIdentifier($0), Outflow($0)) })
        timerLoop = loops.next()
    }

    // MARK: For the readers

    /// Greets a new connection. Nil when the chat stops.
    func enter(_ connection: StreamConnection) -> Member? {
        guard let outflow = outflows[ObjectIdentifier(connection.loop)] else {
            preconditionFailure("a connection of a loop that is not the server's")
        }
        return step { state, now in
            guard !state.isStopping else { return nil }
            state.lastNumber += 1
            let member = Member(MemberID(state.lastNumber), connection, outflow, limits)
            state.enter(member, now: now)
            return member
        }
    }

    /// A line came.
    func receive(_ line: [UInt8], from member: Member) {
        step { state, now in
            let actions = state.seats[member.id]?.session.receive(line: line.span) ?? []
            state.perform(actions, for: member.id, now: now)
        }
    }

    /// Bytes came that are no line.
    func receive(_ problem: TextFace.InputProblem, from member: Member) {
        step { state, now in
            let actions = state.seats[member.id]?.session.receive(problem: problem) ?? []
            state.perform(actions, for: member.id, now: now)
        }
    }

    /// Nothing more will come.
    func receiveEnd(from member: Member) {
        step { state, now in
            let actions = state.seats[member.id]?.session.receiveEnd() ?? []
            state.perform(actions, for: member.id, now: now)
        }
    }

    /// The connection broke, or was closed from here.
    func lose(_ member: Member) {
        member.abandon()
        step { state, now in
            state.perform([.command(.quit(.connectionLost))], for: member.id, now: now)
        }
    }

    /// The connection's handler is done.
    func remove(_ member: Member) {
        step { state, now in state.remove(member, now: now) }
    }

    // MARK: For the server

    /// Tells everyone that the chat stops; connections end as soon as they have read it, or when
    /// the drain time is over.
    func stop() { step { state, now in state.stop(now: now) } }

    /// Ends every connection at once.
    func abandon() {
        step { state, _ in
            state.isStopping = true
            for seat in state.seats.values { seat.member.abandon() }
        }
        guarded.withLock { $0.alarm?.task.cancel() }
    }

    func statistics() -> ChatServerStatistics {
        guarded.withLock { guarded in
            ChatServerStatistics(
                connectionCount: guarded.state.seats.count,
                memberCount: guarded.state.chat.memberCount,
                roomCount: guarded.state.chat.roomCount,
                slowReaderCount: guarded.state.slowReaderCount,
                chat: guarded.state.chat.statistics)
        }
    }

    // MARK: Helpers

    private func step<Result: Sendable>(
        _ body: (inout HallState, ChatInstant) -> Result
    ) -> Result {
        guarded.withLock { guarded in
            // Inside the lock: the chat must not see time go backwards.
            let now = clock.now
            let result = body(&guarded.state, now)
            guarded.state.settle(now: now)
            arm(&guarded)
            return result
        }
    }

    /// Sees to it that the one timer rings when something is due.
    private func arm(_ guarded: inout Guarded) {
        guard let due = guarded.state.nextDue else { return }
        if let alarm = guarded.alarm {
            guard due < alarm.due else { return }
            alarm.task.cancel()
        }
        let deadline = clock.deadline(due)
        let task = Task.detached(executorPreference: timerLoop) { [weak self, timerLoop] in
            do {
                try await timerLoop.sleep(until: deadline)
                self?.ring(due)
            } catch {}  // another timer, which rings earlier, has taken its place
        }
        guarded.alarm = Alarm(due: due, task: task)
    }

    private func ring(_ due: ChatInstant) {
        step { state, now in state.tick(now: now) }
        guarded.withLock { guarded in
            guard guarded.alarm?.due == due else { return }
            guarded.alarm = nil
            arm(&guarded)
        }
    }
}
