import ArgumentParser
import Files
import Sockets

/// `sock replay`: one side of a recording, to a live peer.
struct Replay: InterruptibleCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play one side of a recording to a live peer.",
        discussion: """
            Connects and plays the side that connected, or with --listen listens and plays the side \
            that listened; each connection of the recording is one now. Every piece goes at its \
            recorded time, divided by --speed. A connection is over when everything was played and \
            the peer has ended too; where the recorded peer never did, when as many bytes have come \
            as did then. --idle and --timeout bound a peer that says less.

            To udp and unix-datagram, every piece is one datagram, and it is over when as many have \
            come as did then. With --listen, each connection is played to the next peer that sends.

            A recording of a TLS conversation holds what was encrypted, and can be played in the clear \
            and the other way round. To ws and wss, every piece is one message. --listen takes tls, \
            but no ws and wss.

            Prints a line for each connection. Exit status 1 when one failed, or with --check when an \
            answer was not the recorded one.
            """
    )

    @Argument(help: "A file that --record wrote.", completion: .file())
    var file: BytePath

    @Argument(help: EndpointHelp.target)
    var endpoint: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Listen here instead, and play the other side to who comes.",
            valueName: "endpoint"
        )
    )
    var listen: String?

    @Option(
        parsing: .unconditional,
        help: "So many times as fast as it was recorded: 1, 0.5, 10; max or 0 for without pauses."
    )
    var speed = ReplaySpeed.recorded

    @Flag(help: "Send nothing before as much has come as had in the recording.")
    var inTurn = false

    @Flag(help: "Compare what comes with the recording; say the first difference, and exit with 1.")
    var check = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Play this connection only, counted from 1.", valueName: "number")
    )
    var connection: Int?

    @OptionGroup(title: "TLS options") var tls: TLSClientOptions

    @OptionGroup(title: "TLS options") var tlsServer: TLSServerOptions

    @OptionGroup(title: "TLS options") var tlsProtocols: TLSProtocolOptions

    @OptionGroup(title: "WebSocket options") var webSocket: WebSocketOptions

    @OptionGroup var options: CommonOptions

    func validate() throws {
        if (endpoint == nil) == (listen == nil) {
            throw ValidationError("give either an endpoint to connect to or --listen")
        }
        if listen == nil ? tlsServer.isGiven : tls.isGiven {
            throw ValidationError(
                "--tls…, --client-ca are for --listen, and the others for calling"
            )
        }
    }

    func run() async throws {
        try await options.run(onSignal: ExitStatus.interrupted(by:)) { announcer in
            let target = try Endpoint.conversation(endpoint ?? listen ?? "")
            let recording = try RecordingFile(file)
            let conversations = try chosen(of: recording)
            if recording.isCutOff { announcer.tell(.cutOff(path: file)) }
            let side: RecordingHeader.Side = listen == nil ? .connect : .listen
            let replay = ReplayRun(
                file: recording,
                conversations: conversations,
                playing: recording.header.side == side ? .sent : .received,
                plan: ReplayPlan(
                    speed: speed,
                    isChecked: check,
                    isInTurn: inTurn,
                    idle: options.idle?.duration
                )
            ) { result in
                Printer.print(announcer.isJSON ? "\(result.json)" : result.words)
            }
            switch side {
            case .connect:
                let dialer = try Dialer(to: target, tls, tlsProtocols, webSocket, announcer)
                try await replay.connect(by: dialer)
            case .listen:
                if target.scheme.isWebSocket {
                    throw Failure(.usage, "\(target): --listen does not play to WebSockets")
                }
                let server = try tlsServer.server(on: target, tlsProtocols)
                try await replay.listen(on: target, server, announcer)
            }
        }
    }

    private func chosen(of recording: RecordingFile) throws(Failure) -> [RecordedConversation] {
        guard let connection else {
            if recording.conversations.isEmpty {
                throw Failure(.failed, "\(file.printable) has no connection to play")
            }
            return recording.conversations
        }
        let chosen = recording.conversations.filter { $0.number == connection }
        guard !chosen.isEmpty else {
            throw Failure(.usage, "\(file.printable) has no connection \(connection)")
        }
        return chosen
    }
}
