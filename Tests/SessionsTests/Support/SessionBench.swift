import Sessions
import Sockets
import SocketsTesting
import Testing

/// A server, and ways to it that a test can break.
final class SessionBench: Sendable {
    /// How a client reaches the server.
    enum Carrier: CaseIterable, Sendable {
        case memory
        case tcp
        case unix
    }

    let carrier: Carrier
    /// What is served now: a server that was restarted is another.
    private let current = TestLock<SessionServer?>(nil)
    /// The way of streams to the door of what is served now.
    private let door = TestLock<AsyncStream<any ByteStream>.Continuation?>(nil)
    /// Applied to each connection of clients, with its number from 1.
    private let wrap: @Sendable (any ByteStream, Int) -> any ByteStream
    private let dialCount = TestLock(0)
    private let dialled = TestLock<[Endpoint]>([])
    /// Connections are refused while this is set.
    let isDown = TestLock(false)

    init(
        _ carrier: Carrier = .memory,
        wrap: @escaping @Sendable (any ByteStream, Int) -> any ByteStream = { stream, _ in stream }
    ) {
        self.carrier = carrier
        self.wrap = wrap
    }

    var server: SessionServer {
        guard let server = current.withLock({ $0 }) else { preconditionFailure("nobody serves") }
        return server
    }
    /// Where clients have connected, or tried to.
    var endpoints: [Endpoint] { dialled.withLock { $0 } }
    var connectionCount: Int { dialCount.withLock { $0 } }

    /// A new connection to whatever serves now.
    @Sendable func dial(_ endpoint: Endpoint) async throws -> any ByteStream {
        dialled.withLock { $0.append(endpoint) }
        guard !isDown.withLock({ $0 }), let server = current.withLock({ $0 }) else {
            throw SocketError(.refused, in: .connect, detail: "nobody serves")
        }
        let number = dialCount.withLock { count in
            count += 1
            return count
        }
        switch carrier {
        case .memory:
            let (near, far) = InMemoryStream.pair(capacity: 65_536)
            door.withLock { _ = $0?.yield(far) }
            return wrap(near, number)
        case .tcp, .unix:
            let address = server.localAddresses[0]
            return wrap(try await StreamConnection.connect(to: Endpoint(address)), number)
        }
    }

    /// Serves each session by a handler until `body` returns.
    func serve<Result: Sendable>(
        _ configuration: SessionServerConfiguration = .testing,
        _ handler: @escaping @Sendable (Session) async throws -> Void,
        during body: () async throws -> Result
    ) async throws -> Result {
        try await serve(configuration, { try await $0.serve(handler) }, body)
    }

    /// Serves sessions that have no task until `body` returns.
    func serve<Result: Sendable>(
        _ configuration: SessionServerConfiguration = .testing,
        _ handlers: SessionHandlers,
        during body: () async throws -> Result
    ) async throws -> Result {
        try await serve(configuration, { try await $0.serve(handlers) }, body)
    }

    private func serve<Result: Sendable>(
        _ configuration: SessionServerConfiguration,
        _ serve: @escaping @Sendable (SessionServer) async throws -> Void,
        _ body: () async throws -> Result
    ) async throws -> Result {
        switch carrier {
        case .memory:
            let server = SessionServer(configuration)
            return try await run(server, serve, body)
        case .tcp, .unix:
            let endpoint: Endpoint = carrier == .tcp ? "127.0.0.1:0" : "unix:*"
            return try await SessionServer.listen(on: [endpoint], configuration) { server in
                try await run(server, serve, body)
            }
        }
    }

    private func run<Result: Sendable>(
        _ server: SessionServer,
        _ serve: @escaping @Sendable (SessionServer) async throws -> Void,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let (arrivals, door) = AsyncStream.makeStream(of: (any ByteStream).self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await serve(server) }
            group.addTask {
                await withDiscardingTaskGroup { group in
                    for await stream in arrivals {
                        group.addTask { await server.attach(stream) }
                    }
                }
            }
            while !server.isServing { await Task.yield() }
            self.door.withLock { $0 = door }
            current.withLock { $0 = server }
            defer { current.withLock { $0 = nil } }
            let result = try await body()
            group.cancelAll()
            return result
        }
    }

    /// The same once somebody serves.
    func connectWhenServed<Result>(
        _ configuration: SessionClientConfiguration = .init(),
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        while current.withLock({ $0 }) == nil { await Task.yield() }
        return try await connect(configuration, body)
    }

    /// A session with the server.
    func connect<Result>(
        _ configuration: SessionClientConfiguration = .init(),
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        try await Session.connect(
            to: ["localhost:1"],
            configuration,
            transport: dial,
            body
        )
    }
}

extension SessionServerConfiguration {
    /// Short times, so that what takes time in life does not in a test.
    static var testing: Self {
        var configuration = Self()
        configuration.closeTimeLimit = .seconds(2)
        return configuration
    }
}

/// State that tasks of a test share.
final class TestLock<State: Sendable>: Sendable {
    private let lock: Lock<State>

    init(_ state: State) { lock = Lock(state) }

    func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock(body)
    }
}
