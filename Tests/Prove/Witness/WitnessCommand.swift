import ArgumentParser
import Sessions
import Sockets
import UnixSignals

/// Ends that are killed, and write down what they know.
struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Send and take a log, and write down every receipt and message, until killed."
    )

    @OptionGroup var end: End

    @Option(help: "What this process is called in the records.")
    var name: String

    @Option(help: "Where the records go.")
    var records: String

    /// How long the server keeps a session whose client was killed, in milliseconds.
    private static let keep: UInt32 = 1_500

    func run() async throws {
        let witness = try Witness(name, folder: records)
        // Before anybody is told that it runs: the signal may come right then.
        let signals = await UnixSignalsSequence(trapping: .sigterm)
        switch end.side {
        case .serve: try await serve(witness, signals)
        case .visit: try await visit(witness, signals)
        }
        try witness.records.check()
    }

    private func serve(_ witness: Witness, _ signals: UnixSignalsSequence) async throws {
        var configuration = SessionServerConfiguration()
        configuration.settings.timing.keep = Self.keep
        configuration.authenticate = { [name] _ in
            SessionAdmission(.anonymous, answer: Array(name.utf8))
        }
        let server = SessionServer(configuration)
        try await StreamListener.listen(on: end.endpoint) { listener in
            say("listening on \(Endpoint(listener.localAddress))")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await server.serve { try await witness.live(in: $0, with: "client") }
                }
                group.addTask {
                    try await listener.serve { connection in
                        await server.attach(
                            WatchedStream(connection, witness.records.handedOver)
                        )
                    }
                }
                for await _ in signals { break }
                witness.stop()
                let deadline = Deadline.after(.seconds(10))
                server.drain(before: deadline)
                listener.drain(before: deadline)
                try await group.waitForAll()
            }
        }
    }

    private func visit(_ witness: Witness, _ signals: UnixSignalsSequence) async throws {
        var configuration = SessionClientConfiguration()
        configuration.renews = true
        configuration.firstAttach = .persistent
        async let stopping: Void = {
            for await _ in signals { return witness.stop() }
        }()
        try await Session.connect(
            to: [end.endpoint],
            configuration,
            transport: {
                WatchedStream(
                    try await StreamConnection.connect(to: $0),
                    witness.records.handedOver
                )
            },
            { session in
                let peer = String(decoding: session.answer, as: UTF8.self)
                try await witness.live(in: session, with: peer)
            }
        )
        await stopping
    }
}
