import Glibc
import Sockets

/// Any number of clients on one standard input and output: what they send comes out line by line,
/// or datagram by datagram, and every line that goes in goes to them all.
///
/// The end of the input ends nothing but what is sent; a client leaves by its own end.
final class Gathering<Line: ConversationLine>: Sendable {
    private struct Member {
        let wire: Wire<Line>
        let outbox = Outbox()
    }

    private let conversations: Conversations
    private let output = Output(STDOUT_FILENO)
    private let members = Lock<[ObjectIdentifier: Member]>([:])

    /// Whether what the clients send has borders, and what they are sent.
    private var isDatagram: Bool { Line.isDatagram }

    init(_ conversations: Conversations) { self.conversations = conversations }

    /// Runs a server that gives every client's wire to a handler, until the server ends or the
    /// standard output fails.
    ///
    /// - Parameters:
    ///   - stop: Makes the server end.
    ///   - server: The server.
    /// - Throws: The error of the server, or the failure of the standard output.
    func serve(
        stop: @escaping @Sendable () -> Void,
        _ server: (@escaping @Sendable (Wire<Line>) async throws -> Void) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let failure = OutputFailure(stop)
            group.addTask { try await self.readInput() }
            defer { group.cancelAll() }
            try await server { try await self.serve($0, failure) }
            if let failure = failure.value { throw failure }
        }
    }

    private func serve(_ wire: Wire<Line>, _ failure: OutputFailure) async throws {
        let member = Member(wire: wire)
        let id = ObjectIdentifier(wire.line)
        if wire.line.isAnswerable { members.withLock { $0[id] = member } }
        defer { _ = members.withLock { $0.removeValue(forKey: id) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: wire.loop) {
                try await member.outbox.send(to: wire)
                try await wire.finish()
            }
            try await receive(from: wire, failure)
            _ = members.withLock { $0.removeValue(forKey: id) }
            member.outbox.finish()
            try await group.waitForAll()
        }
    }

    private func receive(from wire: Wire<Line>, _ failure: OutputFailure) async throws {
        guard wire.dumps == nil else {
            return try await stopping(on: failure) {
                while try await wire.receive() != nil {}
            }
        }
        var view = View(raw: conversations.options.raw)
        var lines = LineAssembler()
        while let bytes = try await wire.receive() {
            // A datagram is whole as it is.
            let whole =
                isDatagram
                ? view.show(bytes) + view.finish() : view.show(lines.take(bytes))
            try await stopping(on: failure) { try await output.write(whole) }
        }
        let rest = view.show(lines.finish()) + view.finish()
        try await stopping(on: failure) { try await output.write(rest) }
    }

    /// A failure of what all share ends the listener, one of a connection only that.
    private func stopping(
        on failure: OutputFailure,
        _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as Failure {
            failure.report(error)
            throw error
        }
    }

    private func readInput() async throws {
        let input = InputChunks(STDIN_FILENO)
        guard isDatagram else { return try await input.readLines { sendToAll($0) } }
        var lines = DatagramLines(limit: Line.pieceSizeLimit)
        try await input.read { chunk in
            for line in lines.take(chunk) { sendToAll(line) }
        }
        for line in lines.finish() { sendToAll(line) }
    }

    private func sendToAll(_ line: DatagramLines.Line) {
        switch line {
        case .whole(let bytes): sendToAll(bytes)
        case .tooLong(let size):
            let error = SocketError(
                .messageTooLarge,
                in: .send,
                over: Line.hasEnd ? .tcp : .udp,
                detail: "a line of \(size) bytes, and the limit is \(Line.pieceSizeLimit)"
            )
            conversations.announcer.tell(.unsent(reason: "\(error)"))
        }
    }

    private func sendToAll(_ line: [UInt8]) {
        let slow = members.withLock { members in
            members.values.filter { !$0.outbox.offer(line) }
        }
        for member in slow {
            let line = member.wire.line
            conversations.announcer.tell(
                .dropped(line.peerEndpoint, queuedSizeLimit: Outbox.sizeLimit)
            )
            _ = members.withLock { $0.removeValue(forKey: ObjectIdentifier(line)) }
            member.wire.reset()
        }
    }
}

/// The standard output is everybody's: when it fails, the listener stops.
private final class OutputFailure: Sendable {
    private let stop: @Sendable () -> Void
    private let failure = Lock<Failure?>(nil)

    init(_ stop: @escaping @Sendable () -> Void) { self.stop = stop }

    var value: Failure? { failure.withLock { $0 } }

    func report(_ error: Failure) {
        failure.withLock { $0 = $0 ?? error }
        stop()
    }
}

extension InputChunks {
    /// Calls `body` with whole lines as they come.
    fileprivate func readLines(_ body: ([UInt8]) -> Void) async throws {
        var lines = LineAssembler()
        try await read { chunk in
            let whole = lines.take(chunk)
            if !whole.isEmpty { body(whole) }
        }
        let rest = lines.finish()
        if !rest.isEmpty { body(rest) }
    }
}
