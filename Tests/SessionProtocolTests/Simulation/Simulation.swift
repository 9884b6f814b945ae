@testable import SessionProtocol

/// A client, a server, a bad network and a clock: one seed, one world.
final class Simulation {
    /// What is broken on purpose, to see that it is found.
    enum Sabotage: CaseIterable {
        /// The client says it received one frame more than it did: that one is lost.
        case losesAFrameAtResume
        /// The client says it received one frame less: that one comes twice.
        case repeatsAFrameAtResume
        /// The network loses one whole piece of output, and goes on.
        case losesBytes
        /// The network brings one piece of output twice.
        case repeatsBytes
        /// What comes on an evicted connection is read as if it came on the new one.
        case readsEvictedConnections
        /// The server's clock goes at half speed, far beyond the drift allowed for.
        case slowClock
        /// The receiver's application loses a message it has taken.
        case forgetsAfterTaking
        /// WITHDRAWN comes as MESSAGE.
        case runsWithdrawn
    }

    var random: SeededGenerator
    var now: UInt64 = 0
    var oracle = Oracle()
    let sabotage: Sabotage?
    var settings = SessionSettings()
    var client: SimulatedEnd
    /// The server's sessions, in the order of their making.
    var sessions: [SimulatedEnd] = []
    var ends: [SimulatedEnd] = []
    var connections: [SimulatedConnection] = []
    var connectionCount = 0
    var readers: [Int: AttachReader] = [:]
    /// Which session and epoch a connection carries, at the server; at the client, its epoch.
    var served: [Int: (SimulatedEnd, epoch: UInt64)] = [:]
    var clientEpochs: [Int: UInt64] = [:]
    var nextAttempt: UInt64 = 0
    var isCalm = false
    var serverClock = SimulatedClock(offset: 0, drift: 0)
    var isServerRefusing = false

    init(seed: UInt64, sabotage: Sabotage? = nil) {
        var random = SeededGenerator(state: seed)
        self.sabotage = sabotage
        var settings = SessionSettings()
        settings.timing.heartbeat = 300
        settings.timing.silence = 500
        settings.timing.keep = 8_000
        settings.limits.windowSize = UInt64(
            [600, 3_000, 60_000].randomElement(using: &random) ?? 0
        )
        settings.limits.messageSizeLimit = settings.limits.windowSize - 32
        settings.limits.streamLimit = random.oneIn(2) ? 5 : 40
        settings.queueSizeLimit = 4_000
        settings.queueCountLimit = 12
        settings.retainedSizeLimit = [2_000, 100_000].randomElement(using: &random) ?? 0
        self.settings = settings
        let ticket = SessionTicket(using: &random)
        let offset = UInt64(random.number(0..<1_000_000_000))
        let clock = SimulatedClock(offset: offset, drift: Int64(random.number(-400..<400)))
        let serverDrift = sabotage == .slowClock ? -500_000 : Int64(random.number(-400..<400))
        serverClock = SimulatedClock(
            offset: UInt64(random.number(0..<1_000_000_000)),
            drift: serverDrift
        )
        client = SimulatedEnd(0, SessionMachine(client: ticket, settings: settings), clock)
        self.random = random
        ends.append(client)
    }

    /// Some seconds of everything going wrong, then calm, then the end: what is left must balance.
    func run(steps: Int) -> [String] {
        for _ in 0..<steps {
            step()
            if !oracle.failures.isEmpty { return oracle.failures }
        }
        calmDown()
        return oracle.failures
    }

    private func step() {
        now +=
            random.oneIn(60) ? UInt64(random.number(0..<900_000)) : UInt64(random.number(0..<4_000))
        if !isCalm { disturb() }
        deliver()
        advance()
        connectIfNeeded()
        if !isCalm {
            for _ in 0..<2 {
                client.act(now, &random, &oracle)
                drain(client)
                if let session = sessions.last {
                    session.act(now, &random, &oracle)
                    drain(session)
                }
            }
        }
        send()
    }

    private func disturb() {
        if random.oneIn(40), let connection = connections.last {
            connection.toServer.cut(now: now, &random)
            connection.toClient.cut(now: now, &random)
        }
        if random.oneIn(150), let connection = connections.last {
            if random.oneIn(2) { connection.toServer.isBlackHole = true }
            if random.oneIn(2) { connection.toClient.isBlackHole = true }
        }
        if random.oneIn(30) { isServerRefusing = random.oneIn(5) }
        if random.oneIn(900) { crashServer() }
        if random.oneIn(900) { replaceClient(hasCrashed: true) }
    }

    private func crashServer() {
        for session in sessions where !session.isOver { oracle.crash(of: session.number) }
        sessions = []
        for connection in connections {
            connection.isOpenAtServer = false
            connection.toClient.close(now: now)
        }
    }

    func replaceClient(hasCrashed: Bool) {
        if hasCrashed { oracle.crash(of: client.number) }
        for connection in connections {
            connection.isOpenAtClient = false
            connection.toServer.close(now: now)
        }
        let machine = SessionMachine(client: SessionTicket(using: &random), settings: settings)
        let clock = SimulatedClock(
            offset: UInt64(random.number(0..<1_000_000)),
            drift: Int64(random.number(-400..<400))
        )
        client = SimulatedEnd(ends.count, machine, clock)
        ends.append(client)
        nextAttempt = now
    }
}
