import ArgumentParser
import HTTP
import Sockets

/// `sock listen`: one client on the standard input and output, or any number of them.
struct Listen: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Listen, and serve who comes.",
        usage: """
            sock listen [<options>] <endpoint>
            sock listen [<options>] [<host>] <port>
            """,
        discussion: """
            Serves one client with the standard input and output, and ends when both directions have \
            ended. With --keep, any number at once: what they send goes to the standard output, in \
            whole lines where there are any, and every line of the standard input goes to them all.

            Of datagrams (udp and unix-datagram), the client is the first who sends one, and as \
            datagrams have no end, it is served until ^C, --idle or --timeout, or until the command \
            of --exec exits. Every read of the standard input, and with --keep every line, is one \
            datagram. With --keep, who is silent for \(DatagramHub.memory.components.seconds) s \
            (or --idle) is forgotten: the input of its command ends then.

            A tls or wss listener without --tls-cert makes itself a certificate, and prints what a \
            client has to --pin. On SIGHUP it reads the files of --tls-cert again.

            Over ws and wss, every line sent is a text message, or with --binary every read of the \
            input (and with --keep every line) a binary one; a text that comes is a line, too. \
            --echo sends back what came, as what it was. With a path other than /, only clients that \
            ask for it are let in.

            A port alone is one of 127.0.0.1. Port 0 lets the kernel choose; the line "listening on tcp://127.0.0.1:PORT" on the \
            standard error says which. ^C and SIGTERM stop it with status 0.
            """
    )

    @Argument(help: EndpointHelp.place)
    var endpoint: String

    @Argument(help: EndpointHelp.port)
    var port: String?

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

    @OptionGroup(title: "TLS options") var tls: TLSServerOptions

    @OptionGroup(title: "TLS options") var tlsProtocols: TLSProtocolOptions

    @OptionGroup(title: "WebSocket options") var webSocket: WebSocketOptions

    @OptionGroup var options: CommonOptions

    func validate() throws {
        if echo, exec != nil { throw ValidationError("--echo and --exec are two ways to answer") }
        if conversation.raw, echo || exec != nil {
            throw ValidationError("--raw is for what is shown; --echo and --exec show nothing")
        }
    }

    func run() async throws {
        try await options.run(onSignal: ExitStatus.stopped(by:)) { announcer in
            let endpoint = try Endpoint.conversation(EndpointWords.joined(self.endpoint, port))
            try await conversation.conversing(options, announcer, .listen, endpoint) {
                if endpoint.isDatagram { return try await serveDatagrams(on: endpoint, $0) }
                try await serveStreams(on: endpoint, $0)
            }
        }
    }

    private func serveStreams(
        on endpoint: Endpoint,
        _ conversations: Conversations
    ) async throws {
        let announcer = conversations.announcer
        let server = try tls.server(on: endpoint, tlsProtocols)
        try webSocket.check(endpoint)
        let listener = try await StreamListener.listen(on: endpoint.transport, configuration)
        defer { listener.close() }
        let here = Endpoint(
            listener.localAddress,
            speaking: endpoint.scheme,
            path: endpoint.path
        )
        announcer.tell(.listening(here))
        server?.begin(on: here, announcer)
        if endpoint.scheme.isWebSocket {
            let reception = WebSocketReception(
                tls: server,
                path: endpoint.path == "/" ? nil : endpoint.path,
                options: webSocket,
                sending: webSocket.binary ? .reads : echo ? .mirrored : .lines,
                wait: answer == .transfer ? webSocket.wait.duration : .zero,
                http: HTTPServer(listener),
                announcer: announcer
            )
            try await serve(listener, reception, conversations)
        } else if let server {
            let reception = SecureReception(server: server, announcer: announcer)
            try await serve(listener, reception, conversations)
        } else {
            try await serve(listener, PlainReception(), conversations)
        }
    }

    private func serve(
        _ listener: StreamListener,
        _ reception: some Reception,
        _ conversations: Conversations
    ) async throws {
        let service = StreamService(
            answer: answer,
            conversations: conversations,
            reception: reception
        )
        if keep {
            try await service.serveAll(listener)
        } else {
            try await service.serveFirst(listener)
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

    /// What a client gets.
    enum Answer: Equatable, Sendable {
        case transfer
        case echo
        case exec(String)
    }

    private var answer: Answer {
        if let exec { return .exec(exec) }
        return echo ? .echo : .transfer
    }
}
