internal import Packets
public import Sockets

/// Finds the routers on the way to a host: packets whose hop limit runs out at the first, the second,
/// the third of them, each of which then says who it is.
///
/// ```swift
/// let tracer = Tracer(to: address, configuration: TraceConfiguration(method: .tcp, port: 443))
/// try await tracer.run { table in
///     for row in table.settledRows { print(row.text()) }
/// }
/// print(tracer.pathMTU?.size ?? 0)
/// ```
public final class Tracer: Sendable {
    /// Where to.
    public let destination: IPAddress

    /// How.
    public let configuration: TraceConfiguration

    private let access: EchoAccess?
    private let state: Lock<TraceState>
    /// Rung when an answer has come, or something has ended.
    private let bell = Doorbell()

    /// How long the path's MTU is looked for with one packet: 2 s.
    ///
    /// Arbitrary; the trace itself goes on meanwhile.
    private static let mtuTimeout = Duration.seconds(2)
    /// The port of those packets, one below the probes'.
    private static let mtuPort = TraceConfiguration.usualUDPPort - 1

    /// A trace that has not begun.
    ///
    /// - Parameters:
    ///   - destination: Where to; an address that means "any" means this machine.
    ///   - configuration: How.
    ///   - access: For ICMP, the sockets, where they had to be opened earlier.
    public init(
        to destination: IPAddress,
        configuration: TraceConfiguration = TraceConfiguration(),
        access: EchoAccess? = nil
    ) {
        self.destination = destination.reachable
        self.configuration = configuration
        self.access = access
        state = Lock(TraceState(table: TraceTable(configuration)))
    }

    /// What is known so far.
    public var table: TraceTable { state.withLock { $0.table } }

    /// The largest packet the whole path takes, as far as it was found.
    public var pathMTU: PathMTU? { state.withLock { $0.pathMTU } }

    /// Traces, once, and tells when the table has changed.
    ///
    /// Ends when the destination or the last hop is known; cancellation ends it at once.
    ///
    /// - Parameter report: Called with the table, one call at a time.
    /// - Throws: ``SocketError``, if nothing could be sent at all.
    public func run(_ report: @escaping @Sendable (TraceTable) -> Void) async throws {
        let loop = try EventLoopGroup.shared.nearest()
        try await withTaskExecutorPreference(loop) { try await self.runOnLoop(report) }
    }

    private func runOnLoop(_ report: @Sendable (TraceTable) -> Void) async throws {
        let sender = try sender()
        defer { sender.close() }
        let outcome: Result<Void, SocketError> = await withDiscardingTaskGroup { group in
            group.addTask {
                await self.noting { () throws(SocketError) in
                    try await sender.receiveErrors(self.note)
                }
            }
            group.addTask {
                await self.noting { () throws(SocketError) in
                    try await sender.receiveReplies(self.note)
                }
            }
            group.addTask { await self.findMTU() }
            defer { group.cancelAll() }
            do throws(SocketError) {
                return .success(try await schedule(sender, &group, report))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        let (table, failure) = state.withLock { ($0.table, $0.failure) }
        if let failure, !table.isAnswered { throw failure }
    }

    private func sender() throws(SocketError) -> any ProbeSender {
        switch configuration.method {
        case .udp: try UDPProbeSender(to: destination, configuration)
        case .tcp: try TCPProbeSender(to: destination, configuration)
        case .icmp:
            try EchoProbeSender(to: destination, configuration, access: access ?? .open())
        }
    }

    private func schedule(
        _ sender: any ProbeSender,
        _ group: inout DiscardingTaskGroup,
        _ report: (TraceTable) -> Void
    ) async throws(SocketError) {
        while true {
            while let probe = take() {
                do throws(SocketError) {
                    try await sender.send(probe, in: &group) { result in
                        switch result {
                        case .success(let report): self.note(report)
                        case .failure(let failure): self.note(failure)
                        }
                    }
                } catch {
                    if error.code == .cancelled || error.code == .deadlinePassed { throw error }
                    note(ProbeFailure(number: probe.number, error: error))
                }
            }
            let (table, isOver) = state.withLock { state in
                state.table.expire(at: ProbeClock.now)
                let isOver = state.hasStopped || state.table.isComplete && state.isMTUKnown
                return (state.table, isOver)
            }
            report(table)
            if isOver { return }
            let wait = table.nextExpiry.map { max(0, $0 - ProbeClock.now) }
            _ = try await bell.wait(until: wait.map { .after(.nanoseconds($0)) } ?? .never)
        }
    }

    /// The next probe, which counts as sent now.
    private func take() -> TraceProbe? {
        state.withLock { state in
            guard !state.hasStopped, let probe = state.table.next() else { return nil }
            state.table.send(at: ProbeClock.now)
            return probe
        }
    }

    @Sendable private func note(_ report: TraceReport) {
        state.withLock { state in
            state.table.answer(
                report.number,
                report.kind,
                from: report.address,
                at: report.time,
                sentAt: report.sentAt
            )
        }
        bell.ring()
    }

    /// A probe was not sent: as long as nothing has been answered, no other will be.
    private func note(_ failure: ProbeFailure) {
        if failure.error.code == .cancelled { return }
        state.withLock { state in
            state.table.failToSend(failure.number)
            state.failure = failure.error
            if !state.table.isAnswered { state.hasStopped = true }
        }
        bell.ring()
    }

    /// Runs a receiver; what it fails by ends the trace.
    private func noting(_ receiver: () async throws(SocketError) -> Void) async {
        do throws(SocketError) {
            try await receiver()
        } catch {
            if error.code == .cancelled { return }
            state.withLock { state in
                state.failure = error
                state.hasStopped = true
            }
            bell.ring()
        }
    }

    private func findMTU() async {
        let finder = PathMTUFinder(
            destination: destination,
            port: Self.mtuPort,
            timeout: min(configuration.timeout, Self.mtuTimeout)
        )
        // Where nothing can be sent, the trace itself says why.
        let found = try? await finder.find()
        state.withLock { state in
            state.pathMTU = found
            state.isMTUKnown = true
        }
        bell.ring()
    }
}

/// What a trace knows.
struct TraceState: Sendable {
    var table: TraceTable
    var pathMTU: PathMTU?
    /// Whether the search for it has ended.
    var isMTUKnown = false
    /// What could not be sent or received, last.
    var failure: SocketError?
    /// Whether nothing can be received any more.
    var hasStopped = false
}
