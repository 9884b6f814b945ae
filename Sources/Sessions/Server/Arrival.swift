internal import SessionProtocol
internal import Sockets

/// A listener's connection of which it is not known yet which session it means: the loop reads what it
/// says, and only the decision has a task.
///
/// "@unchecked": everything is touched on the loop's thread only.
final class Arrival: StreamReader, TimerOwner, @unchecked Sendable {
    private let server: SessionServer
    private let connection: StreamConnection
    private let timer: OwnedTimer
    private var reader = AttachReader()
    /// When a client that has no session is waited for no longer.
    private let deadline: Deadline
    private var phase = Phase.reading
    /// What is done about it, once that is known.
    private var task: Task<Void, Never>?

    private enum Phase {
        /// The request comes.
        case reading
        /// The hook decides, or the last word is sent.
        case deciding
        /// The last word was sent: what still comes is passed over.
        case dismissed
        /// The connection is closed, or has a session.
        case over
    }

    init(_ server: SessionServer, _ connection: StreamConnection) {
        self.server = server
        self.connection = connection
        timer = OwnedTimer(on: connection.loop)
        deadline = .after(server.configuration.attachTimeLimit)
        timer.belong(to: self)
        timer.arm(at: deadline)
    }

    func received(_ bytes: RawSpan) -> Reading {
        guard case .reading = phase else { return .more }
        do throws(Violation) {
            guard let request = try reader.receive(bytes) else { return .more }
            begin { [server, connection] in
                await server.decide(request, connection, connection.peerAddress)
            }
        } catch {
            begin { .violation(error) }
        }
        return .pause
    }

    func readingEnded() {
        if case .reading = phase { _ = server.note(.nobody) }
        end()
        task?.cancel()
    }

    func timerFired() {
        switch phase {
        case .reading, .dismissed: connection.close()
        // The hook has its deadline.
        case .deciding, .over: break
        }
    }

    private func end() {
        phase = .over
        timer.disarm()
    }

    /// Has a task decide, and do what follows.
    private func begin(_ decide: @escaping @Sendable () async -> SessionServer.Greeting) {
        phase = .deciding
        server.decisionBegins()
        task = Task.detached(executorPreference: connection.loop) { [self] in
            let greeting = await withDeadline(deadline) { await decide() }
            await conclude(greeting)
            server.decisionEnds()
        }
    }

    private func conclude(_ greeting: SessionServer.Greeting) async {
        let lastWord = server.note(greeting)
        if case .attached(let session, let carrier) = greeting {
            end()
            return session.read(from: carrier, over: connection)
        }
        guard let lastWord else { return connection.close() }
        let end = Deadline.after(server.configuration.closeTimeLimit)
        try? await withDeadline(end) {
            () async throws(SocketError) in
            try await connection.send(lastWord)
            try await connection.finish()
        }
        guard case .deciding = phase else { return }
        phase = .dismissed
        timer.arm(at: end)
        _ = connection.continueReading(by: self)
    }
}

extension SessionServer {
    /// Takes over a connection of a listener's.
    ///
    /// On its loop's thread.
    func take(_ connection: StreamConnection) throws(SocketError) {
        try connection.startReading(by: Arrival(self, connection))
    }

    /// A task has something to decide: serving does not end before it has.
    func decisionBegins() { table.withLock { $0.decisionCount += 1 } }

    func decisionEnds() {
        let starter = table.withLock { table in
            table.decisionCount -= 1
            return table.isServing ? nil : table.starter
        }
        starter?.wake()
    }
}
