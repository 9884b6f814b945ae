internal import Packets
internal import Sockets

/// A way to send the probes of a trace.
///
/// What it hears it reports to the ``Tracer`` whenever that is; a probe it is silent about is given up
/// by the table.
protocol ProbeSender: Sendable {
    /// Sends a probe; in the background, if that takes long, and then what comes of it goes to
    /// `note`.
    func send(
        _ probe: TraceProbe,
        in group: inout DiscardingTaskGroup,
        _ note: @escaping @Sendable (Result<TraceReport, ProbeFailure>) -> Void
    ) async throws(SocketError)

    /// Waits for what the network says of probes until it is cancelled or fails; returns if nothing
    /// comes this way.
    func receiveErrors(_ report: (TraceReport) -> Void) async throws(SocketError)

    /// Waits for what the destination answers, like ``receiveErrors(_:)``.
    func receiveReplies(_ report: (TraceReport) -> Void) async throws(SocketError)

    /// Closes what is open.
    func close()
}

/// This machine did not send a probe.
struct ProbeFailure: Error {
    let number: Int
    let error: SocketError
}

/// What a sender says of a probe.
struct TraceReport: Sendable {
    let number: Int
    let kind: TraceAnswer.Kind
    let address: IPAddress
    /// When it came.
    let time: ProbeArrival
    /// When the probe was really sent, where that was later than it was taken from the table.
    var sentAt: Int64?

    init(number: Int, kind: TraceAnswer.Kind, address: IPAddress, time: ProbeArrival) {
        self.number = number
        self.kind = kind
        self.address = address
        self.time = time
    }

    /// What an ICMP error says of a probe to a destination.
    ///
    /// `portUnreachableIsEnd` is whether a closed port is what the probe was meant to meet.
    init?(number: Int, _ error: DatagramError, portUnreachableIsEnd: Bool, time: ProbeArrival) {
        guard let reporter = error.reporter, let icmp = error.icmp else { return nil }
        let kind: TraceAnswer.Kind
        if error.isTimeExceeded {
            kind = .hop
        } else if error.isPortUnreachable, portUnreachableIsEnd {
            kind = .destination
        } else {
            kind = .unreachable(UnreachableMark(icmp))
        }
        self.init(number: number, kind: kind, address: reporter, time: time)
    }
}
