import ArgumentParser
import Sessions
import Sockets
import UnixSignals

/// Many sessions whose server is killed, and then cuts all their connections.
struct HerdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "herd",
        abstract: "Serve many sessions, or be their clients, and say when they were back."
    )

    @OptionGroup var end: End

    @Option(help: "Sessions.")
    var sessions = 100

    @Option(help: "Sessions a second that the server takes up again.")
    var rate = 2_000

    func run() async throws {
        switch end.side {
        case .serve: try await serve()
        case .visit: try await HerdClients(end.endpoint.port, count: sessions, rate: rate).run()
        }
    }

    /// Cuts every connection at each SIGUSR1.
    private func serve() async throws {
        var configuration = SessionServerConfiguration()
        configuration.acceptRate = rate
        let server = SessionServer(configuration)
        let connections = OpenConnections()
        let signals = await UnixSignalsSequence(trapping: .sigusr1)
        try await StreamListener.listen(on: end.endpoint) { listener in
            say("listening on \(Endpoint(listener.localAddress))")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await server.serve(SessionHandlers())
                }
                group.addTask {
                    try await listener.serve { connection in
                        await connections.keep(connection) { await server.attach(connection) }
                    }
                }
                for await _ in signals { connections.cut() }
                try await group.waitForAll()
            }
        }
    }
}

/// The connections there are, to be cut all at once.
final class OpenConnections: Sendable {
    private let connections = Lock<[ObjectIdentifier: StreamConnection]>([:])

    /// Knows of a connection while `body` runs.
    func keep(_ connection: StreamConnection, while body: () async -> Void) async {
        connections.withLock { $0[ObjectIdentifier(connection)] = connection }
        await body()
        connections.withLock { $0[ObjectIdentifier(connection)] = nil }
    }

    func cut() {
        let all = connections.withLock { Array($0.values) }
        for connection in all { connection.close() }
    }
}
