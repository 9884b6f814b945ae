import Glibc
import Sockets
import Synchronization

/// Any number of clients on one standard input and output: what they send comes out line by line,
/// and every line that goes in goes to them all.
///
/// The end of the input ends nothing but what is sent; a client leaves by its own end.
final class Gathering: Sendable {
    private struct Member {
        let connection: StreamConnection
        let outbox = Outbox()
    }

    private let options: CommonOptions
    private let announcer: Announcer
    private let output = Output(STDOUT_FILENO)
    private let members = Mutex<[ObjectIdentifier: Member]>([:])

    init(_ options: CommonOptions, _ announcer: Announcer) {
        self.options = options
        self.announcer = announcer
    }

    /// Until the listener ends, or the standard output fails.
    func serve(_ listener: StreamListener) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let failure = OutputFailure(listener)
            group.addTask {
                try await InputChunks(STDIN_FILENO).readLines { self.sendToAll($0) }
            }
            defer { group.cancelAll() }
            try await listener.serve { connection in
                try await self.announcer.following(connection) {
                    try await self.serve(connection, failure)
                }
            }
            if let failure = failure.value { throw failure }
        }
    }

    private func serve(_ connection: StreamConnection, _ failure: OutputFailure) async throws {
        connection.idleLimit = options.idle?.duration
        let member = Member(connection: connection)
        let id = ObjectIdentifier(connection)
        members.withLock { $0[id] = member }
        defer { _ = members.withLock { $0.removeValue(forKey: id) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: connection.loop) {
                try await member.outbox.send(to: connection)
                try await connection.finish()
            }
            try await receive(from: connection, failure)
            _ = members.withLock { $0.removeValue(forKey: id) }
            member.outbox.finish()
            try await group.waitForAll()
        }
    }

    private func receive(
        from connection: StreamConnection,
        _ failure: OutputFailure
    ) async throws {
        var view = View(hex: options.hex ? .received : nil, raw: options.raw)
        var lines = LineAssembler()
        var buffer = ByteBuffer()
        while try await connection.receive(into: &buffer) > 0 {
            let whole = lines.take(buffer.array())
            buffer.clear()
            try await show(view.show(whole), failure)
        }
        try await show(view.show(lines.finish()) + view.finish(), failure)
    }

    private func show(_ bytes: [UInt8], _ failure: OutputFailure) async throws {
        do {
            try await output.write(bytes)
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
            announcer.tell(
                .dropped(member.connection.peerAddress, queuedSizeLimit: Outbox.sizeLimit)
            )
            _ = members.withLock { $0.removeValue(forKey: ObjectIdentifier(member.connection)) }
            member.connection.reset()
        }
    }
}

/// The standard output is everybody's: when it fails, the listener stops.
private final class OutputFailure: Sendable {
    private let listener: StreamListener
    private let failure = Mutex<Failure?>(nil)

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
