import SessionProtocol

/// A client, a server, a bad network and a clock: one seed, one world.
///
/// Each step some time passes, something may go wrong, bytes arrive, timers run, and the two
/// applications do this and that. Then calm comes: everything arrives, everybody reads and says
/// goodbye, and what is left must balance. ``Oracle`` watches; the machines' own invariants are
/// checked too, and trap.
package final class Simulation {
    var random: SeededGenerator
    var now: UInt64 = 0
    package var oracle = Oracle()
    let sabotage: Sabotage?
    let settings: SessionSettings
    /// What acknowledges bytes is asked too, as with `TCP_INFO`.
    let seesProgress: Bool
    var client: SimulatedEnd
    /// The server's sessions since it was started, in the order of their making.
    var sessions: [SimulatedEnd] = []
    /// Everybody there ever was, by number.
    var ends: [SimulatedEnd] = []
    var connections: [SimulatedConnection] = []
    /// Until when nothing arrives at the server, and at the client.
    var partitionedUntil: (server: UInt64, client: UInt64) = (0, 0)
    /// The client does not connect before.
    var nextAttempt: UInt64 = 0
    var isServerRefusing = false
    var serverClock: SimulatedClock
    /// Nothing goes wrong any more.
    var isCalm = false
    /// For ``Sabotage/keepsAnOldLedger``.
    var oldLedger: Ledger?

    /// After every so many steps of an end its invariants are checked.
    private let checkInterval: Int
    private var unchecked = 0

    package init(seed: UInt64, sabotage: Sabotage? = nil, checkInterval: Int = 1) {
        var random = SeededGenerator(seed: seed)
        self.sabotage = sabotage
        self.checkInterval = checkInterval
        settings = Self.settings(&random)
        seesProgress = random.oneIn(2)
        let serverDrift = sabotage == .slowClock ? -500_000 : random.number(-400..<400)
        serverClock = SimulatedClock(
            offset: random.time(below: 1_000_000_000),
            drift: Int64(serverDrift)
        )
        client = Self.client(0, settings, sabotage, &random)
        ends.append(client)
        self.random = random
    }

    private static func settings(_ random: inout SeededGenerator) -> SessionSettings {
        var settings = SessionSettings()
        settings.timing.heartbeat = 300
        settings.timing.silence = 500
        settings.timing.keep = 8_000
        settings.limits.windowSize = [600, 3_000, 60_000][random.number(0..<3)]
        settings.limits.messageSizeLimit = settings.limits.windowSize - 32
        settings.limits.streamLimit = random.oneIn(2) ? 5 : 40
        settings.queueSizeLimit = 4_000
        settings.queueCountLimit = 12
        settings.retainedSizeLimit = random.oneIn(2) ? 2_000 : 100_000
        return settings
    }

    static func client(
        _ number: Int,
        _ settings: SessionSettings,
        _ sabotage: Sabotage?,
        _ random: inout SeededGenerator
    ) -> SimulatedEnd {
        let machine = SessionMachine(
            client: SessionTicket(using: &random),
            settings: settings
        )
        let clock = SimulatedClock(
            offset: random.time(below: 1_000_000_000),
            drift: Int64(random.number(-400..<400))
        )
        return SimulatedEnd(number, machine, clock, sabotage: sabotage)
    }

    /// Checks an end's invariants, if it is time.
    func check(_ end: SimulatedEnd) {
        unchecked += 1
        guard unchecked == checkInterval else { return }
        unchecked = 0
        end.look { $0.checkInvariants() }
    }

    /// Steps of a world before calm comes.
    package static let stepCount = 300

    /// Runs the world to its end, or to the first failure; gives the failures.
    package func run() -> [String] {
        for _ in 0..<Self.stepCount {
            step()
            if !oracle.failures.isEmpty { return oracle.failures }
        }
        oracle.tally.steps += UInt64(Self.stepCount)
        calmDown()
        oracle.tally.microseconds = now
        return oracle.failures
    }

    private func step() {
        now += random.time(below: random.oneIn(60) ? 900_000 : 4_000)
        disturb()
        deliver()
        advance()
        connectIfNeeded()
        for _ in 0..<2 {
            client.act(now, &random, &oracle)
            drain(client)
            if let session = sessions.last {
                session.act(now, &random, &oracle)
                drain(session)
            }
        }
        send()
    }
}
