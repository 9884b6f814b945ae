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

            Of datagrams (udp and unix-datagram), the client is the first who sends one, and as \
            datagrams have no end, it is served until ^C, --idle or --timeout, or until the command \
            of --exec exits. Every read of the standard input, and with --keep every line, is one \
            datagram. With --keep, who is silent for \(DatagramHub.memory.components.seconds) s \
            (or --idle) is forgotten: the input of its command ends then.

            Port 0 lets the kernel choose; the line "listening on tcp://127.0.0.1:PORT" on the \
            standard error says which. ^C and SIGTERM stop it with status 0.
            """
    )

    @Argument(
        help:
            "Where: host:port, :port (every address), unix:/path, udp://host:port or unix-datagram:/path."
    )
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

    @OptionGroup var conversation: ConversationOptions

    @OptionGroup var options: CommonOptions

    func validate() throws {
        if echo, exec != nil { throw ValidationError("--echo and --exec are two ways to answer") }
        if conversation.raw, echo || exec != nil {
            throw ValidationError("--raw is for what is shown; --echo and --exec show nothing")
        }
    }

    func run() async throws {
        try await options.run(onSignal: ExitStatus.stopped(by:)) { announcer in
            let endpoint = try Endpoint.conversation(self.endpoint)
            try await conversation.conversing(options, announcer, .listen, endpoint) {
                if endpoint.isDatagram { return try await serveDatagrams(on: endpoint, $0) }
                let listener = try await StreamListener.listen(on: endpoint, configuration)
                defer { listener.close() }
                announcer.tell(.listening(Endpoint(listener.localAddress)))
                if keep {
                    try await serveAll(listener, $0)
                } else {
                    try await serveOne(listener, $0)
                }
            }
        }
    }

    private func serveDatagrams(
        on endpoint: Endpoint,
        _ conversations: Conversations
    ) async throws {
        let socket = try await DatagramSocket.roomy(on: endpoint)
        defer { socket.close() }
        let address = Endpoint(socket.localAddress, isDatagram: true)
        conversations.announcer.tell(.listening(address))
        let service = DatagramService(answer: answer, conversations: conversations)
        if keep {
            try await service.serveAll(socket)
        } else {
            try await service.serveFirst(socket)
        }
    }

    private var configuration: StreamListener.Configuration {
        guard keep, exec != nil else { return .init() }
        return .init(connectionLimit: ChildProcess.countLimit)
    }

    private func serveOne(
        _ listener: StreamListener,
        _ conversations: Conversations
    ) async throws {
        let connection = try await listener.accept()
        listener.close()
        let (raw, idle) = (conversation.raw, conversations.idle)
        try await conversations.hold(connection, .accepted) {
            switch answer {
            case .transfer: try await Transfer($0, raw: raw, idle: idle).run()
            case .echo: try await Echo($0, idle: idle).run()
            case .exec(let command): try await Execution(of: command, for: $0, idle: idle).run()
            }
        }
    }

    private func serveAll(
        _ listener: StreamListener,
        _ conversations: Conversations
    ) async throws {
        let idle = conversations.idle
        switch answer {
        case .transfer:
            let stop = { @Sendable in listener.drain(before: .now) }
            try await Gathering<StreamConnection>(conversations).serve(stop: stop) { serve in
                try await listener.serve { connection in
                    connection.idleLimit = idle
                    try await conversations.hold(connection, .acceptedOfMany) {
                        try await serve($0)
                    }
                }
            }
        case .echo:
            try await listener.serve { connection in
                try await conversations.hold(connection, .acceptedOfMany) {
                    try await Echo($0, idle: idle).run()
                }
            }
        case .exec(let command):
            try await listener.serve { connection in
                try await conversations.hold(connection, .acceptedOfMany) {
                    try await Execution(of: command, for: $0, idle: idle).run()
                }
            }
        }
    }

    /// What a client gets.
    enum Answer: Sendable {
        case transfer
        case echo
        case exec(String)
    }

    private var answer: Answer {
        if let exec { return .exec(exec) }
        return echo ? .echo : .transfer
    }
}
