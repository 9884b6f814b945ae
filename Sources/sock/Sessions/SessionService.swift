import Sessions
import Sockets

/// A command that serves sessions: a server, and the doors by which clients come to it.
struct SessionService: Sendable {
    let announcer: Announcer
    private let server: SessionServer
    private let doors: [SessionDoor]

    /// How long clients have to leave when it stops.
    ///
    /// Arbitrary: below what ``Interruption`` gives a command, and what is cut goes on later.
    private static let farewell = Duration.seconds(1)

    init(_ server: SessionServer, _ doors: [SessionDoor], _ announcer: Announcer) {
        self.server = server
        self.doors = doors
        self.announcer = announcer
    }

    /// Serves every session until it is stopped, kindly when the task is cancelled.
    func run(_ handler: @escaping @Sendable (Session) async throws -> Void) async throws {
        let over = Signal()
        // Of its own: cancelled, it would cut everybody off without a word.
        let serving = Task {
            defer { over.set() }
            try await serve(handler)
        }
        if case .cancelled = await over.wait(until: .never) { stop() }
        try await serving.value
    }

    /// Tells all clients to leave; ``run(_:)`` then returns.
    func stop() {
        let deadline = Deadline.after(Self.farewell)
        for door in doors { door.listener.drain(before: deadline) }
        server.drain(before: deadline)
    }

    private func serve(
        _ handler: @escaping @Sendable (Session) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve { try await welcome($0, handler) } }
            for door in doors { group.addTask { try await door.serve(server) } }
            do {
                try await group.waitForAll()
            } catch {
                // A door that fails ends the whole.
                group.cancelAll()
                throw error
            }
        }
    }

    /// Tells of a session before and after.
    private func welcome(
        _ session: Session,
        _ handler: @Sendable (Session) async throws -> Void
    ) async throws {
        let peer = session.peerAddress.map { "\($0)" } ?? "somebody"
        announcer.tell(.guest(.came(session.id, from: peer)))
        var reason: String?
        do {
            try await handler(session)
        } catch {
            reason = Failure(error).message
            if Task.isCancelled { reason = "interrupted" }
        }
        announcer.tell(.guest(.left(session.id, session.statistics(), reason: reason)))
    }
}
