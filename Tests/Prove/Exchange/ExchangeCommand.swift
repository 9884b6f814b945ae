import ArgumentParser
import Sessions
import Sockets

/// Both ends send each other messages of every kind, and look at what comes.
struct ExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Send and take messages of all kinds, and count them by their own numbers."
    )

    @OptionGroup var end: End

    @Option(help: "Messages of the log in each direction; a seventh as many of everything else.")
    var messages = 10_000

    @Option(help: "Where the ledger goes.")
    var ledgers: String

    func validate() throws {
        guard messages >= 1_000 else { throw ValidationError("--messages is 1000 or more") }
    }

    func run() async throws {
        let exchange = Exchange(ExchangePlan(auditCount: messages))
        let isRight =
            switch end.side {
            case .serve: try await serve(exchange)
            case .visit: try await visit(exchange)
            }
        guard isRight else { throw ExitCode.failure }
    }

    private func serve(_ exchange: Exchange) async throws -> Bool {
        var configuration = SessionServerConfiguration()
        configuration.ledger = .folder(ledgers)
        configuration.settings.queueCountLimit = exchange.plan.queueCountLimit
        let isRight = Lock(false)
        try await SessionServer.listen(on: [end.endpoint], configuration) { server in
            say("listening on \(Endpoint(server.localAddresses[0]))")
            try await server.serve { session in
                defer { server.drain(before: .after(.seconds(5))) }
                async let serving: Void = session.serve(exchange.handlers)
                try await exchange.run(in: session)
                try await serving
                let outcome = exchange.report(session)
                isRight.withLock { $0 = outcome }
            }
        }
        return isRight.withLock { $0 }
    }

    private func visit(_ exchange: Exchange) async throws -> Bool {
        var configuration = SessionClientConfiguration()
        configuration.ledger = .folder(ledgers)
        configuration.settings.queueCountLimit = exchange.plan.queueCountLimit
        return try await Session.connect(to: end.endpoint, configuration) { session in
            let start = Deadline.now
            async let serving: Void = session.serve(exchange.handlers)
            try await exchange.run(in: session)
            // Answered when the other end has nothing left to do either.
            _ = try await session.call("done")
            let seconds = (Deadline.now.nanoseconds - start.nanoseconds) / 1_000_000_000
            await session.close()
            try await serving
            say("seconds: \(seconds)")
            return exchange.report(session)
        }
    }
}
