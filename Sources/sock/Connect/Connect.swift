import ArgumentParser
import Sockets

/// `sock connect`: a connection to the standard input and output.
struct Connect: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Connect, and copy the standard input and output both ways.",
        usage: """
            sock connect [<options>] <endpoint>
            sock connect [<options>] <host> <port>
            """,
        discussion: """
            The end of the input half-closes the connection, and what the peer sends still comes. On \
            a terminal, the peer's end is the end. ^C ends with status 130.

            To udp and unix-datagram, every read of the input goes as one datagram (of at most \
            \(DatagramSize.sendLimit) bytes), and every datagram that comes is written. After the \
            end of the input an answer is waited for: it is over when nothing has come for half a \
            second after something had, or at --timeout, with status 2 if nothing came. A peer that \
            refuses (ICMP) is status 1.

            To tls and wss, the server must prove that it is the host that was called; --pin, --ca and \
            --name say who else it may be.

            To ws and wss, every line of the input goes as a text message, or with --binary every \
            read of it as a binary one; a text that comes is written as a line. A WebSocket has no \
            half-close: after the end of the input it is closed once nothing has come for --wait. A \
            peer that closes with an error is status 1.

            What a peer sends to a terminal is shown with its control bytes escaped, unless --raw is \
            given; into a pipe or a file it goes byte for byte.
            """
    )

    @Argument(help: EndpointHelp.target)
    var endpoint: String

    @Argument(help: EndpointHelp.port)
    var port: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Give an attempt to connect up after so long: 5s, 500ms.",
            valueName: "time"
        )
    )
    var connectTimeout: Seconds?

    @Option(
        parsing: .unconditional,
        help: "Try so many times more, after growing random pauses."
    )
    var retry = 0

    @OptionGroup var conversation: ConversationOptions

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup(title: "TLS options") var tlsProtocols: TLSProtocolOptions

    @OptionGroup(title: "WebSocket options") var webSocket: WebSocketOptions

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
            let endpoint = try Endpoint.conversation(EndpointWords.joined(self.endpoint, port))
            let dialer = try Dialer(to: endpoint, tls, tlsProtocols, webSocket, announcer)
            try await conversation.conversing(options, announcer, .connect, endpoint) {
                try await converse(with: try await connecting(dialer), $0)
            }
        }
    }

    private func converse(
        with line: some ConversationLine,
        _ conversations: Conversations
    ) async throws {
        let (raw, idle) = (conversation.raw, conversations.idle)
        try await conversations.hold(line, .connected) {
            if line.hasEnd {
                try await Transfer($0, raw: raw, idle: idle).run()
            } else {
                let transfer = DatagramTransfer(
                    wire: $0,
                    raw: raw,
                    idle: idle,
                    ending: .afterAnswer
                )
                try await transfer.run()
            }
        }
    }

    /// Makes attempts until one succeeds.
    private func connecting(_ dialer: Dialer) async throws -> any ConversationLine {
        // One connection is looked after by one thread.
        let loops = EventLoopGroup.shared
        var pauses = RetryPauses()
        for attempt in 1... {
            do throws(SocketError) {
                let limit = connectTimeout.map { Deadline.after($0.duration) } ?? .never
                return try await withDeadline(limit) { () throws(SocketError) in
                    try await dialer.line(on: loops)
                }
            } catch {
                guard attempt <= retry, Self.mayPass(error) else { throw error }
                let pause = pauses.next()
                dialer.announcer.tell(
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
