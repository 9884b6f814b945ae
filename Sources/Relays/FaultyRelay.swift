public import Sockets
internal import SocketsTesting

/// A relay that is asked for its faults while it runs: what tests break connections with.
///
/// Clients connect to ``endpoint``, and each gets a connection to the target, with the faults between
/// the two. For TCP and Unix; what they carry does not matter.
///
/// ```swift
/// try await FaultyRelay.listen(to: "127.0.0.1:12345") { relay in
///     try await StreamConnection.connect(to: relay.endpoint) { connection in
///         try await connection.send("one\n")
///         relay.cut()
///     }
/// }
/// ```
/// Any thread may call.
public final class FaultyRelay: Sendable {
    /// One direction of its connections, or both.
    public enum Direction: Sendable, Hashable {
        /// From the clients to the target.
        case toTarget
        /// From the target to the clients.
        case toClient
        /// There and back.
        case both
    }

    /// How connections are cut.
    public enum Cut: Sendable, Hashable {
        /// Both ends get the end of the stream (FIN).
        case finish
        /// Both ends get a reset (RST).
        case reset
    }

    /// What the relay has done so far.
    public struct Statistics: Sendable, Hashable {
        /// Clients that came.
        public internal(set) var clientCount = 0
        /// Connections that are there now.
        public internal(set) var connectionCount = 0
        /// Clients that were turned away, because the target was not to be reached.
        public internal(set) var refusedCount = 0
        /// Connections that were dropped, by ``RelayFaults/dropInterval``, ``FaultyRelay/cut(_:)`` or
        /// ``FaultyRelay/heal()``.
        public internal(set) var droppedCount = 0
        /// What came from the clients.
        public internal(set) var toTarget = FlowCounts()
        /// What came from the target.
        public internal(set) var toClient = FlowCounts()
    }

    struct State {
        var statistics = Statistics()
        var connections: [Int: RelayedConnection] = [:]
        /// What the ways are like: for those who come, too.
        var toTarget = FaultyFlow.Weather.fair
        var toClient = FaultyFlow.Weather.fair
        /// Told when the weather is fair again.
        var waiters: [Signal] = []

        var isFair: Bool { toTarget == .fair && toClient == .fair }
    }

    /// What the draws come from.
    public let seed: UInt64

    let listener: StreamListener
    let target: Endpoint
    let faults: RelayFaults
    let held = HeldBytes()
    let state = Lock(State())

    private init(
        _ listener: StreamListener,
        _ target: Endpoint,
        _ faults: RelayFaults,
        seed: UInt64
    ) {
        self.listener = listener
        self.target = target
        self.faults = faults
        self.seed = seed
    }

    /// Relays while `body` runs; then all connections are closed.
    ///
    /// - Parameters:
    ///   - endpoint: Where to listen: TCP or Unix. Without it, a port of the loopback.
    ///   - target: What clients are connected to: TCP or Unix.
    ///   - faults: What goes wrong from the beginning.
    ///   - seed: What all draws come from, connection by connection; without it, the test run's.
    ///   - loops: The loops that do it.
    ///   - body: What to do in the meantime.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and what keeps it from listening.
    public static func listen<Result>(
        on endpoint: Endpoint = "127.0.0.1:0",
        to target: Endpoint,
        _ faults: RelayFaults = .init(),
        seed: UInt64? = nil,
        loops: EventLoopGroup = .shared,
        _ body: (FaultyRelay) async throws -> Result
    ) async throws -> Result {
        faults.check()
        let listener = try await StreamListener.listen(on: endpoint, loops: loops)
        let relay = FaultyRelay(listener, target, faults, seed: seed ?? SeededRandom.testSeed)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay.serve() }
            defer { listener.drain(before: .now) }
            return try await body(relay)
        }
    }

    /// Where clients connect to.
    public var endpoint: Endpoint { Endpoint(listener.localAddress) }

    /// What the relay has done so far.
    public func statistics() -> Statistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.connectionCount = state.connections.count
            for connection in state.connections.values {
                let counts = connection.counts
                statistics.toTarget = statistics.toTarget + counts.toTarget
                statistics.toClient = statistics.toClient + counts.toClient
            }
            return statistics
        }
    }

    // MARK: Faults

    /// Cuts all connections that are there; who connects after that is served.
    public func cut(_ cut: Cut = .finish) {
        for connection in connections { connection.drop(withReset: cut == .reset) }
    }

    /// Lets everything vanish in one direction or both, ends too, until ``heal()``.
    ///
    /// Clients that come meanwhile are connected when it is over.
    public func blackHole(_ direction: Direction = .both) { become(.blackHole, direction) }

    /// Lets nothing through in one direction or both until ``heal()``, when all of it goes on.
    ///
    /// What TCP makes of a line that is cut for a while: nothing is lost, and a connection that everybody
    /// has given up may come back to life. Clients that come meanwhile are connected when it is over.
    public func stall(_ direction: Direction = .both) { become(.stalled, direction) }

    /// Ends ``blackHole(_:)`` and ``stall(_:)``.
    ///
    /// Connections of which something has vanished are reset.
    public func heal() {
        let (connections, waiters) = state.withLock { state in
            defer { state.waiters = [] }
            (state.toTarget, state.toClient) = (.fair, .fair)
            return (Array(state.connections.values), state.waiters)
        }
        for connection in connections { connection.heal() }
        for waiter in waiters { waiter.set() }
    }

    private func become(_ weather: FaultyFlow.Weather, _ direction: Direction) {
        let connections = state.withLock { state in
            if direction != .toClient { state.toTarget = weather }
            if direction != .toTarget { state.toClient = weather }
            return Array(state.connections.values)
        }
        for connection in connections { connection.become(weather, towards: direction) }
    }

    private var connections: [RelayedConnection] {
        state.withLock { Array($0.connections.values) }
    }
}
