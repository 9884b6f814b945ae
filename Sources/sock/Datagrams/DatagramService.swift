import Sockets

/// `sock listen` for datagrams: the first peer that sends, or any number of them.
struct DatagramService: Sendable {
    let answer: Listen.Answer
    let conversations: Conversations

    private var options: ConversationOptions { conversations.options }
    private var announcer: Announcer { conversations.announcer }

    /// Talks to the first peer only, as `nc -u` does.
    func serveFirst(_ socket: DatagramSocket) async throws {
        let hub = DatagramHub(
            socket,
            .init(peerLimit: 1, memory: nil, tellsLimit: false),
            announcer
        )
        try await hub.serveFirst { line in
            try await conversations.hold(line, .accepted) { try await serveOne($0) }
        }
    }

    private func serveOne(_ wire: Wire<PeerLine>) async throws {
        let idle = conversations.idle
        switch answer {
        case .transfer:
            let transfer = DatagramTransfer(
                wire: wire,
                raw: options.raw,
                idle: idle,
                ending: .withPeer
            )
            try await transfer.run()
        case .echo: try await wire.watched(idle: idle) { try await wire.echo() }
        case .exec(let command): try await Execution(of: command, for: wire, idle: idle).run()
        }
    }

    /// Talks to everybody at once, each until it is forgotten.
    func serveAll(_ socket: DatagramSocket) async throws {
        if case .echo = answer, isPlain, !socket.localAddress.isUnixAddress {
            return try await Self.echo(socket)
        }
        let hub = DatagramHub(
            socket,
            .init(peerLimit: peerLimit, memory: conversations.idle ?? DatagramHub.memory),
            announcer
        )
        switch answer {
        case .transfer:
            try await Gathering<PeerLine>(conversations).serve(stop: hub.stop) { serve in
                try await hub.serveAll {
                    try await conversations.hold($0, .acceptedOfMany) { try await serve($0) }
                }
            }
        case .echo:
            try await hub.serveAll {
                try await conversations.hold($0, .acceptedOfMany) { try await $0.echo() }
            }
        case .exec(let command):
            // The silent are forgotten, which ends the command's input: it has as long again for its last
            // words.
            let idle = conversations.idle.map { $0 * 2 }
            try await hub.serveAll {
                try await conversations.hold($0, .acceptedOfMany) {
                    try await Execution(of: command, for: $0, idle: idle).run()
                }
            }
        }
    }

    private var peerLimit: Int {
        if case .exec = answer { ChildProcess.countLimit } else { DatagramHub.peerLimit }
    }

    /// Whether nobody wants to know who the peers are.
    private var isPlain: Bool {
        !options.hex && options.rate == nil && options.record == nil && !announcer.isJSON
            && !announcer.isVerbose
    }

    /// Datagrams answered at once.
    ///
    /// Arbitrary: the point where more stop being faster.
    private static let batchCapacity = 64

    /// Sends back whatever comes, and remembers nobody.
    ///
    /// What cannot be sent back is dropped.
    private static func echo(_ socket: DatagramSocket) async throws {
        var batch = DatagramBatch(
            capacity: batchCapacity,
            datagramSize: DatagramSize.receiveLimit
        )
        while true {
            try await socket.receive(into: &batch)
            try await socket.send(&batch)
        }
    }
}

extension SocketAddress {
    var isUnixAddress: Bool { if case .unix = self { true } else { false } }
}
