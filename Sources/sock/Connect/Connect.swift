import ArgumentParser
import Sockets

/// `sock connect`: a connection to the standard input and output.
struct Connect: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connect, and copy the standard input and output both ways.",
        discussion: """
            The end of the input half-closes the connection, and what the peer sends still comes. On \
            a terminal, the peer's end is the end. ^C ends with status 130.

            What a peer sends to a terminal is shown with its control bytes escaped, unless --raw is \
            given; into a pipe or a file it goes byte for byte.
            """
    )

    @Argument(help: "Where to: host:port, tcp://host:port or unix:/path.")
    var endpoint: String

    @Option(
        parsing: .unconditional,
        help: "Give an attempt to connect up after so many seconds."
    )
    var connectTimeout: Seconds?

    @Option(
        parsing: .unconditional,
        help: "Try so many times more, after growing random pauses."
    )
    var retry = 0

    @OptionGroup var conversation: ConversationOptions

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard 0...RetryPauses.countLimit ~= retry else {
            throw ValidationError(
                "--retry takes a number from 0 to \(RetryPauses.countLimit), not \(retry)"
            )
        }
    }

    func run() async throws {
        try await options.run(onSignal: ExitStatus.interrupted(by:)) { announcer in
            let endpoint = try Endpoint.stream(self.endpoint)
            try await conversation.conversing(options, announcer, .connect, endpoint) {
                let connection = try await connect(to: endpoint, announcer)
                let (raw, idle) = (conversation.raw, $0.idle)
                try await $0.hold(connection, .connected) {
                    try await Transfer($0, raw: raw, idle: idle).run()
                }
            }
        }
    }

    private func connect(
        to endpoint: Endpoint,
        _ announcer: Announcer
    ) async throws -> StreamConnection {
        // One connection is looked after by one thread.
        let loops = EventLoopGroup.shared
        var pauses = RetryPauses()
        for attempt in 1... {
            do throws(SocketError) {
                let limit = connectTimeout.map { Deadline.after($0.duration) } ?? .never
                return try await withDeadline(limit) { () throws(SocketError) in
                    try await StreamConnection.connect(to: endpoint, loops: loops)
                }
            } catch {
                guard attempt <= retry, Self.mayPass(error) else { throw error }
                let pause = pauses.next()
                announcer.tell(
                    .retrying(
                        reason: "\(error)",
                        pause: pause,
                        attempt: attempt,
                        limit: retry
                    )
                )
                try await loops.next().sleep(until: .after(pause))
            }
        }
        preconditionFailure("attempts are counted without end")
    }

    /// Whether another attempt could go better: not when the command's own time is up, nor when the
    /// question itself is wrong.
    private static func mayPass(_ error: SocketError) -> Bool {
        switch error.code.side {
        case .world: true
        case .time: !Deadline.current.hasPassed
        default: false
        }
    }
}
