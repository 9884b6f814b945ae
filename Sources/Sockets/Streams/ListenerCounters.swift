internal import Metrics
internal import Synchronization

/// The counts of one listener, shared by its connections; also reported to swift-metrics when a
/// connection opens and closes, never for each operation.
final class ListenerCounters: Sendable {
    let accepted = Atomic<Int>(0)
    let open = Atomic<Int>(0)
    let aborted = Atomic<Int>(0)
    let failed = Atomic<Int>(0)
    let starved = Atomic<Int>(0)
    let received = Atomic<Int>(0)
    let sent = Atomic<Int>(0)

    private let acceptedMetric = Metrics.Counter(label: "sockets.connections.accepted")
    private let openMetric = Metrics.Gauge(label: "sockets.connections.open")
    private let receivedMetric = Metrics.Counter(label: "sockets.bytes.received")
    private let sentMetric = Metrics.Counter(label: "sockets.bytes.sent")

    func connectionOpened() {
        let now = open.add(1, ordering: .relaxed).newValue
        acceptedMetric.increment()
        openMetric.record(now)
    }

    func connectionClosed(received: Int, sent: Int) {
        let now = open.subtract(1, ordering: .relaxed).newValue
        self.received.add(received, ordering: .relaxed)
        self.sent.add(sent, ordering: .relaxed)
        openMetric.record(now)
        receivedMetric.increment(by: received)
        sentMetric.increment(by: sent)
    }
}

/// What a ``StreamListener`` has done so far and serves now.
public struct StreamListenerStatistics: Sendable, Hashable {
    /// Connections accepted.
    public let acceptedConnections: Int
    /// Connections open now.
    public let openConnections: Int
    /// Connections that were gone before they were accepted.
    public let abortedConnections: Int
    /// Handlers that ended with an error.
    public let failedHandlers: Int
    /// Times accepting had to pause because descriptors or kernel memory had run out.
    public let acceptPauses: Int
    /// Bytes received by the connections that have ended.
    public let receivedSize: Int
    /// Bytes sent by the connections that have ended.
    public let sentSize: Int

    init(_ counters: ListenerCounters) {
        acceptedConnections = counters.accepted.load(ordering: .relaxed)
        openConnections = counters.open.load(ordering: .relaxed)
        abortedConnections = counters.aborted.load(ordering: .relaxed)
        failedHandlers = counters.failed.load(ordering: .relaxed)
        acceptPauses = counters.starved.load(ordering: .relaxed)
        receivedSize = counters.received.load(ordering: .relaxed)
        sentSize = counters.sent.load(ordering: .relaxed)
    }
}

/// What a ``StreamConnection`` has moved.
public struct StreamConnectionStatistics: Sendable, Hashable {
    /// Bytes received.
    public let receivedSize: Int
    /// Bytes handed to the kernel.
    public let sentSize: Int
}
