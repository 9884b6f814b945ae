internal import Packets
internal import Sockets

/// Probes of UDP, each to a port of its own by which its answer is known.
struct UDPProbeSender: ProbeSender {
    /// Bytes of data in a probe: packets of 60 bytes over IPv4, as traceroute(8) sends.
    static let payloadSize = 32

    private let socket: DatagramSocket
    private let destination: IPAddress
    private let firstPort: UInt16
    private let probeLimit: Int

    init(to destination: IPAddress, _ configuration: TraceConfiguration) throws(SocketError) {
        self.destination = destination
        // Low enough for every probe to have one of its own.
        let last = Int(UInt16.max) + 1 - configuration.probeLimit
        firstPort = UInt16(min(Int(configuration.port), last))
        probeLimit = configuration.probeLimit
        let isIPv6 = destination.family == .ipv6
        socket = try DatagramSocket.create(destination.family, metadata: .receiveTime)
            .bind(to: isIPv6 ? .v6(.any, port: 0) : .v4(.any, port: 0))
    }

    /// The probe that was sent to an address.
    private func number(_ address: SocketAddress?) -> Int? {
        guard address?.ip == destination, let port = address?.port, port >= firstPort else {
            return nil
        }
        let number = Int(port - firstPort)
        return number < probeLimit ? number : nil
    }

    func send(
        _ probe: TraceProbe,
        in group: inout DiscardingTaskGroup,
        _ note: @escaping @Sendable (Result<TraceReport, ProbeFailure>) -> Void
    ) async throws(SocketError) {
        let payload = [UInt8](repeating: 0x40, count: Self.payloadSize)
        try await unsafe socket.send(
            payload.span.bytes,
            to: SocketAddress(destination, port: firstPort + UInt16(probe.number)),
            metadata: DatagramMetadata(hopLimit: UInt8(clamping: probe.hop))
        )
    }

    func receiveErrors(_ report: (TraceReport) -> Void) async throws(SocketError) {
        while true {
            let error = try await socket.receiveError()
            let time = ProbeClock.arrival(stamp: error.metadata.receiveTime)
            guard let number = number(error.destination),
                let answer = TraceReport(
                    number: number,
                    error,
                    portUnreachableIsEnd: true,
                    time: time
                )
            else { continue }
            report(answer)
        }
    }

    /// Somebody listens at the port after all.
    func receiveReplies(_ report: (TraceReport) -> Void) async throws(SocketError) {
        var memory = [UInt8](repeating: 0, count: 2048)
        while true {
            let datagram = try await socket.receive(into: &memory)
            guard let number = number(datagram.source) else { continue }
            let time = ProbeClock.arrival(stamp: datagram.metadata.receiveTime)
            report(
                TraceReport(
                    number: number,
                    kind: .destination,
                    address: destination,
                    time: time
                )
            )
        }
    }

    func close() { socket.close() }
}
