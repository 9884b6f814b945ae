import Glibc
import Sessions
import Sockets

/// The clients of a herd, all in one process.
struct HerdClients: Sendable {
    /// Addresses of the server that clients spread over: each pair of addresses has ports of its own.
    private static let addressCount = 8
    /// At first they come so many at a time, with a pause between.
    private static let group = 50
    private static let pause = Duration.milliseconds(20)
    /// Parts of the window that are shown.
    private static let partCount = 25

    let port: UInt16
    let count: Int
    let rate: Int
    private let returns = Shared()

    /// What all clients write to.
    final class Shared: Sendable {
        let state = Lock(Returns())
    }

    init(_ port: UInt16, count: Int, rate: Int) {
        self.port = port
        self.count = count
        self.rate = rate
    }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let loop = EventLoopGroup.shared.next()
            for number in 0..<count {
                if number % Self.group == 0 { try await loop.sleep(until: .after(Self.pause)) }
                group.addTask { try await live(number) }
            }
            try await allAreAttached(loop)
            say("all \(count) are attached")
            try await comeBack(loop, "new sessions, after the server was killed")
            try await comeBack(loop, "resumed, after all connections were cut")
            exit(0)
        }
    }

    /// One client, from session to session.
    private func live(_ number: Int) async throws {
        var configuration = SessionClientConfiguration()
        configuration.renews = true
        configuration.firstAttach = .persistent
        let endpoint = try Endpoint("tcp://127.0.0.\(1 + number % Self.addressCount):\(port)")
        try await Session.connect(
            to: [endpoint],
            configuration,
            transport: { [returns] endpoint in
                let connection = try await StreamConnection.connect(to: endpoint)
                returns.state.withLock { $0.noteConnection() }
                return connection
            },
            { [returns] session in
                for try await change in session.changes {
                    switch change {
                    case .attached: returns.state.withLock { $0.noteAttached() }
                    case .detached: returns.state.withLock { $0.noteLost() }
                    case .ended: throw SessionError(.ended)
                    case .draining: break
                    }
                }
            }
        )
    }

    private func allAreAttached(_ loop: EventLoop) async throws {
        while returns.state.withLock({ $0.attachedCount }) < count {
            try await loop.sleep(until: .after(.milliseconds(10)))
        }
    }

    /// Waits until all were lost and are back, and says when.
    private func comeBack(_ loop: EventLoop, _ title: String) async throws {
        while returns.state.withLock({ $0.returns.count }) < count {
            try await loop.sleep(until: .after(.milliseconds(10)))
        }
        let found = returns.state.withLock { returns in
            defer { returns.clear() }
            return returns
        }
        let window = Duration.milliseconds(max(1, count * 1_000 / rate))
        let span = max(window / Self.partCount, .milliseconds(20))
        // More than one arrival for who was refused first: its session was not known any more.
        let flatCount = Double(found.connections.count) * (span / window)
        let arrivals = Histogram(found.connections, span: span, flatCount: flatCount)
        let back = Histogram(found.returns, span: span, flatCount: flatCount)
        let milliseconds = Int(window / .milliseconds(1))
        say("\(title): connections, and sessions that were back; a window of \(milliseconds) ms")
        for line in arrivals.lines(beside: back) { say(line) }
        say("connections: \(found.connections.count), \(arrivals.worst)")
        say("all \(count) are back")
    }
}
