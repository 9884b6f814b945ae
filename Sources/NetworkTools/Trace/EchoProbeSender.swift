internal import Packets
internal import Sockets

/// Probes of ICMP echo requests, known by their sequence numbers.
struct EchoProbeSender: ProbeSender {
    /// Bytes of data in a probe: as much as a UDP probe has.
    static let payloadSize = UDPProbeSender.payloadSize

    private let socket: EchoSocket
    private let destination: IPAddress
    private let probeLimit: Int
    private let payload: EchoPayload

    init(
        to destination: IPAddress,
        _ configuration: TraceConfiguration,
        access: EchoAccess
    ) throws(SocketError) {
        self.destination = destination
        probeLimit = configuration.probeLimit
        socket = try access.socket(destination.family)
        payload = EchoPayload(size: Self.payloadSize, secret: .random(in: 0...UInt64.max))
    }

    private func number(_ sequenceNumber: UInt16) -> Int? {
        let number = Int(sequenceNumber) - 1
        return (0..<probeLimit).contains(number) ? number : nil
    }

    func send(
        _ probe: TraceProbe,
        in group: inout DiscardingTaskGroup,
        _ note: @escaping @Sendable (Result<TraceReport, ProbeFailure>) -> Void
    ) async throws(SocketError) {
        let message = EchoMessage.request(
            ICMPEcho(
                identifier: socket.identifier,
                sequenceNumber: EchoWindow.sequenceNumber(of: probe.number)
            ),
            isIPv6: socket.isIPv6,
            payload: payload,
            number: probe.number
        )
        try await socket.send(
            message,
            to: destination,
            metadata: DatagramMetadata(hopLimit: UInt8(clamping: probe.hop))
        )
    }

    func receiveErrors(_ report: (TraceReport) -> Void) async throws(SocketError) {
        while true {
            let error = try await socket.receiveError()
            let time = ProbeClock.arrival(stamp: error.metadata.receiveTime)
            guard error.destination?.ip == destination,
                let sequenceNumber = EchoMessage.quotedRequest(
                    error.payload,
                    isIPv6: socket.isIPv6,
                    identifier: socket.identifier
                ),
                let number = number(sequenceNumber),
                let answer = TraceReport(
                    number: number,
                    error,
                    portUnreachableIsEnd: false,
                    time: time
                )
            else { continue }
            report(answer)
        }
    }

    func receiveReplies(_ report: (TraceReport) -> Void) async throws(SocketError) {
        var memory = [UInt8](repeating: 0, count: 2048)
        while true {
            let datagram = try await socket.receive(into: &memory)
            let time = ProbeClock.arrival(stamp: datagram.metadata.receiveTime)
            let bytes = unsafe memory.span.bytes.extracting(0..<datagram.count)
            let arrival = EchoMessage.read(
                bytes,
                isIPv6: socket.isIPv6,
                hasHeader: socket.hasHeader,
                identifier: socket.identifier
            )
            guard datagram.source.ip == destination,
                case .reply(let sequenceNumber, let data, _) = arrival,
                let number = number(sequenceNumber),
                payload.matches(bytes.extracting(data), number: number)
            else { continue }
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
