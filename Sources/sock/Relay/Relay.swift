import ArgumentParser
import HTTP
import Relays
import Sockets

/// `sock relay`: clients to a target, with faults on the way on demand.
struct Relay: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Relay to another endpoint, and break things on the way if asked to.",
        discussion: """
            Each client gets a connection of its own to the target. Any kind of endpoint goes with any \
            other: what comes by tls leaves in the clear to tcp, and the other way round. Between tcp \
            and unix, without faults, the kernel moves the bytes by itself. Half-closes pass, a target \
            that cannot be reached is a reset for its client. So is the relay itself as its target, \
            which is refused at the start where that can be seen. Ends that vanish are noticed after \
            a minute of silence.

            Of datagrams, each client that sends is remembered for \
            \(DatagramHub.memory.components.seconds) s of silence (or --idle). Between ws and wss, \
            messages stay what they are. To a WebSocket, each line of a stream is a text, or with \
            --binary each read a binary message; a text that comes leaves as a line.

            Faults are for each connection, and the same again with the same --seed. Times are 20ms, \
            1.5s or 2m. Datagrams may overtake each other by --jitter; a stream keeps its order.

              sock relay :9000 localhost:80 --delay 20ms --jitter 5ms
              sock relay :9000 localhost:80 --drop-connection-every 300ms --reset
              sock relay udp://:9000 udp://localhost:53 --loss 5% --reorder 10%

            What was moved is told at the end: ^C and SIGTERM stop it with status 0.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Where clients come: host:port, :port, tls://…, ws://…, wss://…, unix:/path, udp://….",
            valueName: "listen"
        )
    )
    var endpoint: String

    @Argument(help: "Where they are connected to: the same kinds.")
    var target: String

    @OptionGroup(title: "Faults") var faults: FaultOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Relay for at most so many clients at once; others wait, or of datagrams are ignored.",
            valueName: "number"
        )
    )
    var connectionLimit = 2000

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup(title: "TLS options") var tlsServer: TLSServerOptions

    @OptionGroup(title: "TLS options") var tlsProtocols: TLSProtocolOptions

    @OptionGroup(title: "WebSocket options") var webSocket: WebSocketOptions

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard connectionLimit > 0 else {
            throw ValidationError("--connection-limit is at least 1")
        }
    }

    func run() async throws {
        try await options.run(onSignal: ExitStatus.stopped(by:)) { announcer in
            let endpoint = try Endpoint.conversation(self.endpoint)
            let target = try Endpoint.conversation(self.target)
            let faults = try faults.faults(between: endpoint, and: target)
            let seed = self.faults.seed ?? UInt64(UInt32.random(in: 0 ... .max))
            let run = RelayRun(
                to: try dialer(to: target, from: endpoint, announcer),
                faults,
                seed: seed,
                idle: options.idle?.duration,
                connectionLimit: connectionLimit,
                announcer
            )
            // A client, its target, and two pipes between them are six descriptors.
            DescriptorLimit.raise()
            defer { announcer.tell(.relayTotals(run.tally.totals)) }
            if endpoint.isDatagram { return try await serveDatagrams(on: endpoint, target, run) }
            try await serveStreams(on: endpoint, target, run)
        }
    }

    private func serveDatagrams(
        on endpoint: Endpoint,
        _ target: Endpoint,
        _ run: RelayRun
    ) async throws {
        let socket = try await DatagramSocket.roomy(on: endpoint)
        defer { socket.close() }
        try await OwnTarget.refuse(target, listeningOn: socket.localAddress, isDatagram: true)
        run.tellBeginning(Endpoint(socket.localAddress, isDatagram: true))
        try await run.serve(socket)
    }

    private func serveStreams(
        on endpoint: Endpoint,
        _ target: Endpoint,
        _ run: RelayRun
    ) async throws {
        var protocols = tlsProtocols
        if !endpoint.isSecure, target.isSecure { protocols.alpn = [] }
        let server = try tlsServer.server(on: endpoint, protocols)
        let listener = try await StreamListener.listen(
            on: endpoint.transport,
            .init(connectionLimit: connectionLimit)
        )
        defer { listener.close() }
        try await OwnTarget.refuse(target, listeningOn: listener.localAddress, isDatagram: false)
        let here = Endpoint(
            listener.localAddress,
            speaking: endpoint.scheme,
            path: endpoint.path
        )
        run.tellBeginning(here)
        server?.begin(on: here, run.announcer)
        guard endpoint.scheme.isWebSocket else {
            guard let server else { return try await run.serve(listener, PlainReception()) }
            let reception = SecureReception(server: server, announcer: run.announcer)
            return try await run.serve(listener, reception)
        }
        let reception = WebSocketReception(
            tls: server,
            path: endpoint.path == "/" ? nil : endpoint.path,
            options: webSocket,
            sending: webSocket.binary ? .reads : .lines,
            wait: target.scheme.isWebSocket ? .zero : webSocket.wait.duration,
            http: HTTPServer(listener),
            announcer: run.announcer
        )
        try await run.serve(listener, reception)
    }

    private func dialer(
        to target: Endpoint,
        from endpoint: Endpoint,
        _ announcer: Announcer
    ) throws -> Dialer {
        var (protocols, messages) = (tlsProtocols, webSocket)
        if !target.isSecure, endpoint.isSecure { protocols.alpn = [] }
        if endpoint.scheme.isWebSocket {
            // There, --origin says who is let in.
            messages.origin = []
            // Of two WebSockets, the end of one is that of the other.
            if target.scheme.isWebSocket { messages.wait = Seconds(.zero) }
            // The other options have a meaning without the target.
            if !target.scheme.isWebSocket { (messages.binary, messages.subprotocol) = (false, []) }
        }
        return try Dialer(to: target, tls, protocols, messages, announcer)
    }
}
