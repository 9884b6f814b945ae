import SessionProtocol

/// How evenly all sessions of a server come back to it, on a simulated clock.
///
/// The server is killed and starts again with an empty memory, so each client is refused, and
/// begins a new session. One millisecond a step; connections are perfect, and take no time.
package struct Herd {
    private struct Client {
        var machine: SessionMachine
        var backoff = ReconnectBackoff()
    }

    /// Sessions a second that the server takes back.
    package let sessionsPerSecond: UInt32
    /// How long the server was away, in milliseconds.
    package let downtime: Int
    /// When connections reached the server, in milliseconds since it was killed.
    package private(set) var arrivals: [Int] = []
    private var clients: [Client] = []
    private var slots: ReconnectSlots
    private var sessions: [SessionID: SessionMachine] = [:]
    private var random: SeededGenerator

    /// Until when everybody should be back, in milliseconds; beyond it the clients give up.
    private static let patience = 120_000
    /// Clients hear of the server's end within so many milliseconds.
    private static let noticeTime = 20

    /// So many sessions, attached.
    package init(
        sessionCount: Int,
        sessionsPerSecond: UInt32,
        downtime: Int,
        seed: UInt64
    ) throws {
        self.sessionsPerSecond = sessionsPerSecond
        self.downtime = downtime
        slots = ReconnectSlots(sessionsPerSecond: sessionsPerSecond)
        random = SeededGenerator(seed: seed)
        for _ in 0..<sessionCount {
            let ticket = SessionTicket(using: &random)
            clients.append(Client(machine: SessionMachine(client: ticket)))
            try attach(clients.count - 1, at: 0)
        }
        arrivals = []
    }

    /// How long the assigned slots take, in milliseconds.
    package var window: Int { clients.count * 1_000 / Int(sessionsPerSecond) }

    /// Sessions that are attached.
    package var attachedCount: Int { clients.count { $0.machine.isAttached } }

    /// How many connections arrived in each of the spans of so many milliseconds.
    package func histogram(span: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: (arrivals.last ?? 0) / span + 1)
        for arrival in arrivals { counts[arrival / span] += 1 }
        return counts
    }

    /// Kills the server, starts it again, and lets everybody come back.
    package mutating func killServer() throws {
        sessions = [:]
        slots = ReconnectSlots(sessionsPerSecond: sessionsPerSecond)
        var agenda = [[Int]](repeating: [], count: Self.patience)
        func plan(_ client: Int, at moment: Int) {
            if moment < agenda.count { agenda[moment].append(client) }
        }
        for index in clients.indices {
            let moment = random.number(0..<Self.noticeTime)
            let machine = clients[index].machine
            clients[index].machine.disconnected(epoch: machine.epoch, now: instant(moment))
            clients[index].backoff.connectionEnded(slot: machine.timing.slot)
            plan(index, at: moment + Int(clients[index].backoff.nextWait(using: &random)))
        }
        for moment in agenda.indices {
            for index in agenda[moment] {
                if moment < downtime {
                    // An attempt takes its millisecond: this one's list is being read.
                    let wait = clients[index].backoff.nextWait(using: &random)
                    plan(index, at: moment + 1 + Int(wait))
                } else {
                    try attach(index, at: moment)
                }
            }
        }
    }

    private func instant(_ milliseconds: Int) -> SessionInstant {
        SessionInstant(microseconds: UInt64(milliseconds) * 1_000)
    }

    /// A connection, and if the server does not know the session any more, another for a new one.
    private mutating func attach(_ index: Int, at moment: Int) throws {
        try connect(index, at: moment)
        guard clients[index].machine.ending != nil else { return }
        clients[index].machine = SessionMachine(client: SessionTicket(using: &random))
        try connect(index, at: moment)
    }

    private mutating func connect(_ index: Int, at moment: Int) throws {
        arrivals.append(moment)
        let now = instant(moment)
        let epoch = clients[index].machine.connected(now: now)
        var output: [UInt8] = []
        clients[index].machine.output(into: &output, now: now)
        let greeting = output[...]
        var reader = AttachReader()
        guard let request = try reader.receive(greeting.rawSpan) else { return }
        output = []
        let slot = slots.take()
        do throws(Refusal) {
            var settings = SessionSettings()
            settings.timing.slot = slot.milliseconds
            var session = try SessionMachine(accepting: request, settings: settings, now: now)
            session.output(into: &output, now: now)
            sessions[request.ticket.session] = session
        } catch {
            slots.giveBack(slot)
            output = error.bytes
        }
        let answer = output[...]
        clients[index].machine.receive(answer.rawSpan, epoch: epoch, now: now)
        while clients[index].machine.nextEvent() != nil {}
    }
}
