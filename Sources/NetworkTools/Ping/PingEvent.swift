public import Sockets

/// Something that happened to a ping, to be told as it happens.
public enum PingEvent: Sendable {
    /// A reply that proves itself has come.
    case reply(Reply)

    /// The network says that a request did not arrive.
    case unreachable(target: Int, sequenceNumber: Int, report: DatagramError)

    /// No reply came in time.
    case lost(target: Int, sequenceNumber: Int)

    /// This machine did not send a request.
    case unsent(target: Int, sequenceNumber: Int, error: SocketError)

    /// Which of the targets it is about, by its place in ``Pinger/targets``.
    public var target: Int {
        switch self {
        case .reply(let reply): reply.target
        case .unreachable(let target, _, _), .lost(let target, _), .unsent(let target, _, _): target
        }
    }

    /// A reply.
    public struct Reply: Sendable, Hashable {
        /// Which of the targets, by its place.
        public let target: Int
        /// Which request, from 1; what is on the wire has the lower 16 bits of it.
        public let sequenceNumber: Int
        /// Bytes of the ICMP message.
        public let size: Int
        /// How many more routers it might have passed; nil where the kernel does not say.
        public let hopLimit: UInt8?
        /// How long it took.
        public let time: Duration
        /// Whether it is the second or a later one to the same request.
        public let isDuplicate: Bool
        /// Whether its request had been given up.
        public let isLate: Bool
    }
}

/// What a ping of one target has come to.
public struct PingSummary: Sendable {
    /// Requests sent.
    public internal(set) var sentCount = 0
    /// Requests that were answered in time.
    public internal(set) var receivedCount = 0
    /// Requests nothing had become of when it ended.
    public internal(set) var waitingCount = 0
    /// Replies after their request had been given up.
    public internal(set) var lateCount = 0
    /// Second and later replies to one request.
    public internal(set) var duplicateCount = 0
    /// Errors: reported by the network, or met when sending.
    public internal(set) var errorCount = 0
    /// Replies that were ignored because their data is not what was sent.
    public internal(set) var corruptedCount = 0
    /// Replies that were ignored because their checksum is wrong.
    public internal(set) var wrongChecksumCount = 0
    /// Replies that were ignored because no request, or one long ago, has their number.
    public internal(set) var unknownCount = 0
    /// The times of the answers in time.
    public internal(set) var times = RoundTripStatistics()
    /// From the first request to the last event.
    public internal(set) var duration = Duration.zero

    /// Replies that were ignored.
    public var ignoredCount: Int { corruptedCount + wrongChecksumCount + unknownCount }

    /// The share of requests without an answer in time, of those whose fate is known, from 0 to 1.
    public var loss: Double {
        let known = sentCount - waitingCount
        return known > 0 ? Double(known - receivedCount) / Double(known) : 0
    }
}
