import HTTP
import Relays
import Sockets

/// A relay that runs: takes clients as they come, and calls the target for each.
struct RelayRun: Sendable {
    let dialer: Dialer
    let faults: RelayFaults
    let seed: UInt64
    let idle: Duration?
    let connectionLimit: Int
    let announcer: Announcer
    let tally = RelayTally()
    private let held = HeldBytes()
    private let loops = RelayLoops()

    init(
        to dialer: Dialer,
        _ faults: RelayFaults,
        seed: UInt64,
        idle: Duration?,
        connectionLimit: Int,
        _ announcer: Announcer
    ) {
        self.dialer = dialer
        self.faults = faults
        self.seed = seed
        self.idle = idle
        self.connectionLimit = connectionLimit
        self.announcer = announcer
    }

    /// Tells where clients come, and how what will happen to them can be repeated.
    func tellBeginning(_ endpoint: Endpoint) {
        announcer.tell(.listening(endpoint))
        if !faults.isEmpty { announcer.tell(.seed(seed)) }
    }

    // MARK: Clients

    func serve(_ listener: StreamListener, _ reception: some Reception) async throws {
        try await listener.serve { connection in
            guard !RelayLoops.isOwn(connection) else {
                connection.reset()
                return turnAway(Endpoint(connection.peerAddress), Self.loopReason)
            }
            Self.probe(connection)
            try await reception.receive(connection) { await relay($0) }
        }
    }

    func serve(_ socket: DatagramSocket) async throws {
        let hub = DatagramHub(
            socket,
            .init(peerLimit: connectionLimit, memory: idle ?? DatagramHub.memory),
            announcer
        )
        try await hub.serveAll { await relay($0) }
    }

    // MARK: One of them

    /// Why a client is turned away that is one of the relay's own connections.
    private static let loopReason = "it comes from this relay itself: the target leads back here"

    private func relay(_ client: some ConversationLine) async {
        let number = tally.come()
        let isAdmitted: Void? = await loops.admitting(client) { await relay(client, number) }
        if isAdmitted == nil {
            client.reset()
            turnAway(client.peerEndpoint, Self.loopReason)
        }
    }

    private func relay(_ client: some ConversationLine, _ number: Int) async {
        let target: any ConversationLine
        do throws(SocketError) {
            target = try await dial()
        } catch {
            // An end would say that the target had nothing to say.
            client.reset()
            if error.code != .cancelled { turnAway(client.peerEndpoint, "\(error)".printable) }
            return
        }
        await relay(client, target, number)
    }

    private func turnAway(_ client: Endpoint, _ reason: String) {
        tally.turnAway()
        announcer.tell(.turnedAway(client, reason: reason))
    }

    /// Has the kernel find out that an end has vanished, though nobody speaks.
    ///
    /// Arbitrary: a client that has finished sending and is gone is found out within a minute and a
    /// half, since its kernel answers for it for a minute (tcp_fin_timeout, tcp(7)).
    private static func probe(_ connection: StreamConnection?) {
        guard let connection, connection.peerAddress.ip != nil else { return }
        try? connection.set(.keepAlive, to: true)
        try? connection.set(.keepAliveIdle, to: .seconds(30))
        try? connection.set(.keepAliveInterval, to: .seconds(10))
        try? connection.set(.keepAliveProbes, to: 3)
    }

    private func dial() async throws(SocketError) -> any ConversationLine {
        try await withDeadline(.after(FaultyRelay.dialLimit)) { () async throws(SocketError) in
            try await dialer.line(on: .shared)
        }
    }

    private func relay(
        _ client: some ConversationLine,
        _ target: some ConversationLine,
        _ number: Int
    ) async {
        Self.probe(target.carrier)
        let isNew: Void? = await loops.making(target) { await pass(client, target, number) }
        if isNew == nil {
            target.reset()
            client.reset()
            turnAway(client.peerEndpoint, Self.loopReason)
        }
    }

    private func pass(
        _ client: some ConversationLine,
        _ target: some ConversationLine,
        _ number: Int
    ) async {
        let passage = RelayPassage(number, client, target)
        announcer.tell(.relaying(passage))
        let start = ContinuousClock.now
        let report = await relayed(client, target, number)
        tally.leave(report)
        announcer.tell(.relayed(passage, report, nanoseconds: start.nanosecondsSince))
    }

    /// By the kernel alone where nothing is to go wrong, and both ends are its own.
    private func relayed(
        _ client: some ConversationLine,
        _ target: some ConversationLine,
        _ number: Int
    ) async -> RelayReport {
        if faults.isEmpty, let client = client as? StreamConnection,
            let target = target as? StreamConnection
        {
            return await SplicedConnection(client, target).run(idle: idle)
        }
        return await RelayedConnection(
            client.relayEnd,
            target.relayEnd,
            faults,
            seed: seed,
            number: number,
            held
        ).run(idle: idle ?? memory(of: client, target))
    }

    /// A stream's end is nothing to datagrams, which have none: only silence ends what they answer.
    private func memory(
        of client: some ConversationLine,
        _ target: some ConversationLine
    ) -> Duration? {
        target.isDatagram && !client.isDatagram ? DatagramHub.memory : nil
    }
}
