import Glibc
import Sockets

/// Any number of clients on one standard input and output: what they send comes out line by line,
/// and every line that goes in goes to them all.
///
/// The end of the input ends nothing but what is sent; a client leaves by its own end.
final class Gathering: Sendable {
    private struct Member {
        let wire: Wire
        let outbox = Outbox()
    }

    private let conversations: Conversations
    private let output = Output(STDOUT_FILENO)
    private let members = Lock<[ObjectIdentifier: Member]>([:])

    init(_ conversations: Conversations) { self.conversations = conversations }

    /// Until the listener ends, or the standard output fails.
    func serve(_ listener: StreamListener) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let failure = OutputFailure(listener)
            group.addTask {
                try await InputChunks(STDIN_FILENO).readLines { self.sendToAll($0) }
            }
            defer { group.cancelAll() }
            try await listener.serve { connection in
                try await self.conversations.hold(connection, .acceptedOfMany) {
                    try await self.serve($0, failure)
                }
            }
            if let failure = failure.value { throw failure }
        }
    }

    private func serve(_ wire: Wire, _ failure: OutputFailure) async throws {
        wire.connection.idleLimit = conversations.idle
        let member = Member(wire: wire)
        let id = ObjectIdentifier(wire.connection)
        members.withLock { $0[id] = member }
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

    private func receive(from wire: Wire, _ failure: OutputFailure) async throws {
        var buffer = ByteBuffer()
        guard wire.dumps == nil else {
            return try await stopping(on: failure) {
                while try await !wire.receive(using: &buffer).isEmpty {}
            }
        }
        var view = View(raw: conversations.options.raw)
        var lines = LineAssembler()
        while case let bytes = try await wire.receive(using: &buffer), !bytes.isEmpty {
            let whole = view.show(lines.take(bytes))
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

    private func sendToAll(_ line: [UInt8]) {
        let slow = members.withLock { members in
            members.values.filter { !$0.outbox.offer(line) }
        }
        for member in slow {
            let connection = member.wire.connection
            conversations.announcer.tell(
                .dropped(connection.peerAddress, queuedSizeLimit: Outbox.sizeLimit)
            )
            _ = members.withLock { $0.removeValue(forKey: ObjectIdentifier(connection)) }
            member.wire.reset()
        }
    }
}

/// The standard output is everybody's: when it fails, the listener stops.
private final class OutputFailure: Sendable {
    private let listener: StreamListener
    private let failure = Lock<Failure?>(nil)

    init(_ listener: StreamListener) { self.listener = listener }

    var value: Failure? { failure.withLock { $0 } }

    func report(_ error: Failure) {
        failure.withLock { $0 = $0 ?? error }
        listener.drain(before: .now)
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
