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
        guard !faults.isEmpty else { return }
        announcer.tell(.faults(faults))
        announcer.tell(.seed(seed))
    }

    /// Tells what was moved.
    func tellEnd() { announcer.tell(.relayTotals(tally.totals)) }

    // MARK: Clients

    func serve(_ listener: StreamListener, _ reception: some Reception) async throws {
        try await listener.serve { connection in
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

    private func relay(_ client: some ConversationLine) async {
        let number = tally.come()
        let target: any ConversationLine
        do throws(SocketError) {
            target = try await dial()
        } catch {
            // An end would say that the target had nothing to say.
            client.reset()
            if error.code == .cancelled { return }
            tally.turnAway()
            announcer.tell(.turnedAway(client.peerEndpoint, reason: "\(error)".printable))
            return
        }
        await relay(client, target, number)
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
