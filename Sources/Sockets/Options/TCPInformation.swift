internal import CLinux
internal import Glibc

/// What the kernel knows of a TCP connection: TCP_INFO (tcp(7)).
///
/// Fields an older kernel lacks are zero.
public struct TCPInformation: Sendable, Hashable {
    /// The state of RFC 9293 §3.3.2.
    public enum State: UInt8, Sendable {
        /// Unknown to this library.
        case unknown = 0
        case established, synSent, synReceived, finWait1, finWait2, timeWait, closed, closeWait
        case lastAck, listen, closing
    }

    /// The connection's state.
    public let state: State
    /// Smoothed round-trip time.
    public let roundTripTime: Duration
    /// Its mean deviation.
    public let roundTripTimeVariance: Duration
    /// The least round-trip time seen in the kernel's window.
    public let minimumRoundTripTime: Duration
    /// The retransmission timeout.
    public let retransmissionTimeout: Duration
    /// Consecutive retransmissions without an answer: above zero, the peer is silent.
    public let consecutiveRetransmissions: Int
    /// Segments retransmitted in all.
    public let totalRetransmissions: Int
    /// Segments sent and not acknowledged.
    public let unacknowledgedSegments: Int
    /// Segments taken for lost now.
    public let lostSegments: Int
    /// The congestion window in segments.
    public let congestionWindow: Int
    /// The slow-start threshold in segments.
    public let slowStartThreshold: Int
    /// The largest segment this side sends, in bytes.
    public let sendSegmentSize: Int
    /// The path MTU in bytes.
    public let pathMTU: Int
    /// Bytes in the send queue that were never sent.
    public let notSentSize: Int
    /// Bytes the peer has acknowledged.
    public let acknowledgedSize: Int
    /// Bytes received in order.
    public let receivedSize: Int
    /// Bytes per second the kernel delivers at most lately.
    public let deliveryRate: Int
    /// Since the last data was received.
    public let sinceLastReceived: Duration
    /// Since the last data was sent.
    public let sinceLastSent: Duration

    init?(descriptor: CInt) {
        var info = clinux_tcp_info()
        guard unsafe clinux_read_tcp_info(descriptor, &info) == 0 else { return nil }
        state = State(rawValue: info.state) ?? .unknown
        roundTripTime = .microseconds(info.rtt_us)
        roundTripTimeVariance = .microseconds(info.rtt_variance_us)
        minimumRoundTripTime = .microseconds(info.min_rtt_us)
        retransmissionTimeout = .microseconds(info.rto_us)
        consecutiveRetransmissions = Int(info.retransmits)
        totalRetransmissions = Int(info.total_retransmits)
        unacknowledgedSegments = Int(info.unacked)
        lostSegments = Int(info.lost)
        congestionWindow = Int(info.send_cwnd)
        slowStartThreshold = Int(info.send_ssthresh)
        sendSegmentSize = Int(info.send_mss)
        pathMTU = Int(info.path_mtu)
        notSentSize = Int(info.not_sent_bytes)
        acknowledgedSize = Int(clamping: info.bytes_acked)
        receivedSize = Int(clamping: info.bytes_received)
        deliveryRate = Int(clamping: info.delivery_rate)
        sinceLastReceived = .milliseconds(info.last_data_received_ms)
        sinceLastSent = .milliseconds(info.last_data_sent_ms)
    }
}
