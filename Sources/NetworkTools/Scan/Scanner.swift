internal import Packets
public import Sockets

/// How to scan.
public struct ScanConfiguration: Sendable {
    /// How long each port is given.
    public var timeout: Duration

    /// Attempts under way at once, 1 to ``concurrencyLimit``.
    public var concurrency: Int

    /// Attempts begun in a second, 1 to ``rateLimit``.
    public var rate: Int

    /// Attempts under way at once if nothing is said.
    ///
    /// Arbitrary: few enough for a home router's table of connections.
    public static let usualConcurrency = 64
    /// More would run out of the usual limit of 1024 descriptors.
    public static let concurrencyLimit = 512
    /// Attempts begun in a second if nothing is said.
    ///
    /// Arbitrary: a host under it notices nothing but its log.
    public static let usualRate = 100
    /// Arbitrary: what is faster is an attack.
    public static let rateLimit = 5000

    /// A configuration; what is out of bounds is moved to the bound.
    public init(
        timeout: Duration = .seconds(2),
        concurrency: Int = ScanConfiguration.usualConcurrency,
        rate: Int = ScanConfiguration.usualRate
    ) {
        self.timeout = max(timeout, .milliseconds(1))
        self.concurrency = min(max(1, concurrency), Self.concurrencyLimit)
        self.rate = min(max(1, rate), Self.rateLimit)
    }
}

/// Tries to connect to ports of a host over TCP, politely, and says which are open.
///
/// Whole connections, reset as soon as they are made: no privilege is needed, and servers see them.
///
/// ```swift
/// let ports = try PortList("22,80,443").ports
/// try await PortScanner(of: address).run(ports) { print($0.port, $0.state.name) }
/// ```
public struct PortScanner: Sendable {
    /// Whose ports.
    public let host: IPAddress

    /// How.
    public let configuration: ScanConfiguration

    /// A scan of a host; an address that means "any" means this machine.
    public init(of host: IPAddress, configuration: ScanConfiguration = ScanConfiguration()) {
        self.host = host.reachable
        self.configuration = configuration
    }

    /// Tries each port once, and tells what it is as soon as that is known.
    ///
    /// In memory that does not grow with their number. Cancellation ends it at once.
    ///
    /// - Parameters:
    ///   - ports: In this order.
    ///   - report: Called once for each port, one call at a time.
    /// - Throws: ``SocketError/Code/cancelled``, and the task's own deadline.
    public func run(
        _ ports: [UInt16],
        _ report: @escaping @Sendable (ScannedPort) -> Void
    ) async throws {
        // One loop: its thread is what makes the calls come one at a time.
        let loop = try EventLoopGroup.shared.nearest()
        try await withTaskExecutorPreference(loop) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let start = ProbeClock.now
                var waiting = 0
                for (number, port) in ports.enumerated() {
                    let due = start + Int64(number) * 1_000_000_000 / Int64(configuration.rate)
                    let pause = Duration.nanoseconds(max(0, due - ProbeClock.now))
                    if pause > .zero { try await loop.sleep(until: .after(pause)) }
                    if waiting == configuration.concurrency {
                        try await group.next()
                        waiting -= 1
                    }
                    group.addTask { report(try await self.probe(port)) }
                    waiting += 1
                }
                try await group.waitForAll()
            }
        }
    }

    private func probe(_ port: UInt16) async throws(SocketError) -> ScannedPort {
        let start = ProbeClock.now
        let deadline = Deadline.after(configuration.timeout)
        let ambient = Deadline.current
        let state: PortState
        do throws(SocketError) {
            let outcome = try await withDeadline(deadline) { () throws(SocketError) in
                try await ConnectProbe.run(to: SocketAddress(host, port: port))
            }
            switch outcome {
            case .connected: state = .open
            case .refused: state = .closed
            case .reported(let error):
                state = .filtered(
                    .reported(by: error.reporter, error.icmp.map(UnreachableMark.init))
                )
            }
        } catch {
            switch error.code {
            case .cancelled: throw error
            case .deadlinePassed:
                if ambient < deadline { throw error }
                state = .filtered(.silence)
            case .timedOut: state = .filtered(.silence)
            default: state = .filtered(.failed(error.code))
            }
        }
        return ScannedPort(
            port: port,
            state: state,
            time: .nanoseconds(ProbeClock.now - start)
        )
    }
}
