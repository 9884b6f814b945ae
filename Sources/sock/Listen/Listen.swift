import ArgumentParser
import Sockets

/// `sock listen`: one client on the standard input and output, or any number of them.
struct Listen: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Listen, and serve who comes.",
        discussion: """
            Serves one client with the standard input and output, and ends when both directions have \
            ended. With --keep, any number at once: what they send goes to the standard output, in \
            whole lines where there are any, and every line of the standard input goes to them all.

            Port 0 lets the kernel choose; the line "listening on tcp://127.0.0.1:PORT" on the \
            standard error says which. ^C and SIGTERM stop it with status 0.
            """
    )

    @Argument(help: "Where: host:port, :port (every address) or unix:/path.")
    var endpoint: String

    @Flag(help: "Serve any number of clients at once, until stopped.")
    var keep = false

    @Flag(help: "Send back what comes.")
    var echo = false

    @Option(
        parsing: .unconditional,
        help: "Run a shell command for each client, with the connection as its input and output."
    )
    var exec: String?

    @OptionGroup var options: CommonOptions

    func validate() throws {
        if echo, exec != nil { throw ValidationError("--echo and --exec are two ways to answer") }
        if options.hex || options.raw, echo || exec != nil {
            throw ValidationError("--hex and --raw show what comes; --echo and --exec show nothing")
        }
    }

    func run() async throws {
        try await options.run(onSignal: ExitStatus.stopped(by:)) { announcer in
            let endpoint = try Endpoint.stream(self.endpoint)
            let listener = try await StreamListener.listen(on: endpoint, configuration)
            defer { listener.close() }
            announcer.tell(.listening(listener.localAddress))
            if keep {
                try await serveAll(listener, announcer)
            } else {
                try await serveOne(listener, announcer)
            }
        }
    }

    private var configuration: StreamListener.Configuration {
        guard keep, exec != nil else { return .init() }
        return .init(connectionLimit: ChildProcess.countLimit)
    }

    private func serveOne(_ listener: StreamListener, _ announcer: Announcer) async throws {
        let connection = try await listener.accept()
        listener.close()
        defer { connection.close() }
        announcer.tell(.joined(connection.peerAddress))
        switch answer {
        case .transfer: try await Transfer(connection, options).run()
        case .echo: try await Echo(connection, options).run()
        case .exec(let command): try await Execution(of: command, for: connection, options).run()
        }
        announcer.tell(.finished(connection.statistics()))
    }

    private func serveAll(_ listener: StreamListener, _ announcer: Announcer) async throws {
        switch answer {
        case .transfer: try await Gathering(options, announcer).serve(listener)
        case .echo:
            try await listener.serve { connection in
                try await announcer.following(connection) {
                    try await Echo(connection, options).run()
                }
            }
        case .exec(let command):
            try await listener.serve { connection in
                try await announcer.following(connection) {
                    try await Execution(of: command, for: connection, options).run()
                }
            }
        }
    }

    private enum Answer {
        case transfer
        case echo
        case exec(String)
    }

    private var answer: Answer {
        if let exec { return .exec(exec) }
        return echo ? .echo : .transfer
    }
}

extension Announcer {
    /// Tells of a client's coming, runs `body`, and tells of its leaving and why.
    func following(
        _ connection: StreamConnection,
        _ body: () async throws -> Void
    ) async throws {
        tell(.joined(connection.peerAddress))
        do {
            try await body()
            tell(.left(connection.peerAddress, reason: nil))
        } catch {
            tell(.left(connection.peerAddress, reason: Failure(error).message ?? ""))
            throw error
        }
    }
}
