import Sessions
import Sockets

/// Files on their way, through any number of sessions.
final class SendRun: Sendable {
    struct State {
        var tally: SendTally
        /// The next one last.
        var waiting: [OutgoingFile]
        var failureCount: Int
    }

    private let state: Lock<State>
    private let count: Int
    private let board: StatusWriter
    private let announcer: Announcer
    private let start = ContinuousClock.now

    /// Files that move side by side.
    ///
    /// Arbitrary: enough for small ones not to wait for each other's round trips.
    private static let widthLimit = 8

    init(_ files: OutgoingFiles, _ board: StatusWriter, _ announcer: Announcer) {
        state = Lock(
            State(
                tally: SendTally(files.files),
                waiting: files.files.reversed(),
                failureCount: 0
            )
        )
        count = files.files.count
        self.board = board
        self.announcer = announcer
        for (path, reason) in files.skipped {
            announcer.tell(.file(.skipped(path: path, reason: reason)))
        }
    }

    /// Sends what is left, until that is nothing or the session is over.
    func send(in session: Session) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.widthLimit {
                group.addTask(executorPreference: session.loop) {
                    while let file = self.next() { try await self.send(file, in: session) }
                }
            }
            // The first that finds the session over ends them all.
            do {
                try await group.waitForAll()
            } catch {
                group.cancelAll()
                throw error
            }
        }
        let failures = state.withLock { $0.failureCount }
        guard failures == 0 else {
            throw Failure(.failed, "\(failures) of \(count) files were not sent")
        }
    }

    private func next() -> OutgoingFile? { state.withLock { $0.waiting.popLast() } }

    private func send(_ file: OutgoingFile, in session: Session) async throws {
        let begin = ContinuousClock.now
        do throws(SessionError) {
            try await put(file, in: session)
        } catch {
            guard session.ending == nil, error.kind != .cancelled, error.kind != .deadlinePassed
            else {
                state.withLock { $0.waiting.append(file) }
                throw error
            }
            state.withLock { state in
                state.failureCount += 1
                _ = state.tally.ended(file)
            }
            return announcer.tell(.file(.failed(name: file.name, reason: error.message.printable)))
        }
        let resumedSize = state.withLock { $0.tally.ended(file) }
        announcer.tell(
            .file(
                .sent(
                    name: file.name,
                    size: file.size,
                    resumedSize: resumedSize,
                    nanoseconds: begin.nanosecondsSince
                )
            )
        )
    }

    /// Sends one file, waiting for another process that is at it over there, or for the last moments of an
    /// earlier transfer.
    private func put(_ file: OutgoingFile, in session: Session) async throws(SessionError) {
        let giveUp = Deadline.after(Self.busyLimit)
        while true {
            do throws(SessionError) {
                return try await session.put(file: file.path, as: file.name) {
                    self.note($0, of: file)
                }
            } catch {
                guard error.kind == .failed, error.code == .overloaded, !giveUp.hasPassed else {
                    throw error
                }
            }
            try? await session.loop.sleep(until: .after(Self.busyPause))
        }
    }

    /// How long somebody else may be sending the same file.
    ///
    /// Twice the time in which a dead connection is found by default (docs/session-protocol.md §4).
    private static let busyLimit = Duration.seconds(30)
    /// Arbitrary.
    private static let busyPause = Duration.milliseconds(200)

    private func note(_ progress: FileProgress, of file: OutgoingFile) {
        let time = start.nanosecondsSince
        let line = state.withLock { state in
            state.tally.moved(file.name, to: Int(clamping: progress.offset), at: time)
        }
        if let line { board.show(line) }
    }
}
