import Sockets

/// `sock listen` for streams and what is spoken above them: the first client, or any number of them.
struct StreamService<Greeting: Reception>: Sendable {
    let answer: Listen.Answer
    let conversations: Conversations
    let reception: Greeting

    typealias Line = Greeting.Line

    /// Talks to the first client with whom a conversation comes about; who fails its handshake, or is no
    /// WebSocket, is turned away, and the next may come.
    func serveFirst(_ listener: StreamListener) async throws {
        // Handlers do not inherit it.
        let deadline = Deadline.current
        let outcome = FirstConversation()
        try await listener.serve { connection in
            try await reception.receive(connection) { line in
                guard outcome.claim() else { return }
                listener.drain(before: .never)
                // Who else was about to shake hands comes too late.
                defer { listener.drain(before: .now) }
                do {
                    try await withDeadline(deadline) {
                        try await conversations.hold(line, .accepted) { try await converse($0) }
                    }
                    outcome.end(.success(()))
                } catch {
                    outcome.end(.failure(error))
                }
            }
        }
        try outcome.result.get()
    }

    /// Talks to everybody at once.
    func serveAll(_ listener: StreamListener) async throws {
        guard case .transfer = answer else {
            return try await listener.serve { connection in
                try await reception.receive(connection) { line in
                    try await conversations.hold(line, .acceptedOfMany) { try await converse($0) }
                }
            }
        }
        let stop = { @Sendable in listener.drain(before: .now) }
        try await Gathering<Line>(conversations).serve(stop: stop) { serve in
            try await listener.serve { connection in
                try await reception.receive(connection) { line in
                    try await conversations.hold(line, .acceptedOfMany) { wire in
                        if let stream = wire.line as? StreamConnection {
                            stream.idleLimit = conversations.idle
                            try await serve(wire)
                        } else {
                            try await wire.watched(idle: conversations.idle) {
                                try await serve(wire)
                            }
                        }
                    }
                }
            }
        }
    }

    private func converse(_ wire: Wire<Line>) async throws {
        let (raw, idle) = (conversations.options.raw, conversations.idle)
        switch answer {
        case .transfer: try await Transfer(wire, raw: raw, idle: idle).run()
        case .echo: try await Echo(wire, idle: idle).run()
        case .exec(let command): try await Execution(of: command, for: wire, idle: idle).run()
        }
    }
}

/// How the one conversation of a command went.
final class FirstConversation: Sendable {
    struct State {
        var isClaimed = false
        var result: Result<Void, any Error> = .success(())
    }

    private let state = Lock(State())

    /// True once.
    func claim() -> Bool {
        state.withLock { state in
            defer { state.isClaimed = true }
            return !state.isClaimed
        }
    }

    func end(_ result: Result<Void, any Error>) { state.withLock { $0.result = result } }

    var result: Result<Void, any Error> { state.withLock { $0.result } }
}
