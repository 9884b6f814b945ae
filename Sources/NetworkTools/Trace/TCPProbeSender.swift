internal import Sockets

/// Probes of TCP connection attempts, each by a socket and a task of its own.
///
/// The kernel sends each again after a second; that is part of its time then, as for a real
/// connection.
struct TCPProbeSender: ProbeSender {
    /// The pause between two attempts: 1 ms.
    ///
    /// Opening a connection takes time on this machine, which the one before would be charged with.
    private static let pause = Duration.milliseconds(1)

    private let destination: SocketAddress
    private let timeout: Duration
    /// Keeps the kernel stamping what it receives: the first socket that asks for stamps waits 10 ms
    /// for that to begin, with which no probe is to be charged.
    private let stamping: DatagramSocket

    init(to destination: IPAddress, _ configuration: TraceConfiguration) throws(SocketError) {
        let isIPv6 = destination.family == .ipv6
        stamping = try DatagramSocket.create(destination.family, metadata: .receiveTime)
            .bind(to: isIPv6 ? .v6(.any, port: 0) : .v4(.any, port: 0))
        self.destination = SocketAddress(destination, port: configuration.port)
        timeout = configuration.timeout
    }

    // The window of the table bounds how many attempts there are at once.
    func send(
        _ probe: TraceProbe,
        in group: inout DiscardingTaskGroup,
        _ note: @escaping @Sendable (Result<TraceReport, ProbeFailure>) -> Void
    ) async throws(SocketError) {
        group.addTask {
            let start = ProbeClock.now
            do throws(SocketError) {
                guard var answer = try await self.attempt(probe) else { return }
                answer.sentAt = start
                note(.success(answer))
            } catch {
                // What comes too late the table gives up by itself.
                guard error.code.side != .time, error.code != .timedOut else { return }
                note(.failure(ProbeFailure(number: probe.number, error: error)))
            }
        }
        try await EventLoop.current?.sleep(until: .after(Self.pause))
    }

    private func attempt(_ probe: TraceProbe) async throws(SocketError) -> TraceReport? {
        let outcome = try await withDeadline(.after(timeout)) { () throws(SocketError) in
            try await ConnectProbe.run(to: destination, hopLimit: probe.hop)
        }
        switch outcome {
        case .connected, .refused:
            guard let address = destination.ip else { return nil }
            return TraceReport(
                number: probe.number,
                kind: .destination,
                address: address,
                time: ProbeArrival(at: ProbeClock.now)
            )
        case .reported(let error):
            return TraceReport(
                number: probe.number,
                error,
                portUnreachableIsEnd: false,
                time: ProbeClock.arrival(stamp: error.metadata.receiveTime)
            )
        }
    }

    func receiveErrors(_ report: (TraceReport) -> Void) async throws(SocketError) {}

    func receiveReplies(_ report: (TraceReport) -> Void) async throws(SocketError) {}

    func close() { stamping.close() }
}
