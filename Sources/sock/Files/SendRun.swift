import Files
import Sessions
import Sockets

/// Files and folders on their way, through any number of sessions.
final class SendRun: Sendable {
    struct State {
        var tally: SendTally
        /// Folders to be made, those that are in no other last.
        var folders: [OutgoingFolder]
        /// The next one last.
        var waiting: [OutgoingFile]
        /// Files and folders that the other end has not.
        var failureCount = 0
        var isOver = false
    }

    private let state: Lock<State>
    private let skippedCount: Int
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
                folders: files.folders.sorted { $0.depth > $1.depth },
                waiting: files.files.reversed()
            )
        )
        skippedCount = files.skipped.count
        self.board = board
        self.announcer = announcer
        for (path, reason) in files.skipped {
            announcer.tell(.file(.skipped(path: path, reason: reason)))
        }
    }

    /// Whether there is anything that could be sent.
    var hasWork: Bool { state.withLock { !$0.waiting.isEmpty || !$0.folders.isEmpty } }

    /// Sends what is left, until that is nothing or the session is over.
    func send(in session: Session) async throws {
        do {
            try await sendFolders(in: session)
            try await sideBySide(in: session) {
                while let file = self.next() { try await self.send(file, in: session) }
            }
        } catch {
            // The other end is to know that this was not all.
            if Task.isCancelled { await session.close(.cancelled) }
            throw error
        }
        let (failures, totals) = state.withLock { state in
            state.isOver = true
            return (state.failureCount, state.tally.totals(at: start.nanosecondsSince))
        }
        guard failures == 0, skippedCount == 0 else { throw failure(failures) }
        if totals.totalCount > 1 { announcer.tell(.file(.allSent(totals))) }
    }

    /// Why the command does not end with success although nothing is left to be done.
    func failure(_ failures: Int = 0) -> Failure {
        var words: [String] = []
        if failures > 0 {
            let count = state.withLock { $0.tally.totalCount }
            words.append("\(failures) of \(max(failures, count)) files were not sent")
        }
        if skippedCount > 0 { words.append("\(skippedCount) left out") }
        if words.isEmpty { words.append("there is nothing to send") }
        return Failure(.failed, words.joined(separator: ", "))
    }

    /// Tells how far it has come, if the command ends before it is over.
    func tellHowFar() {
        let totals = state.withLock { state in
            state.isOver || !state.tally.hasBegun
                ? nil : state.tally.totals(at: start.nanosecondsSince)
        }
        if let totals { announcer.tell(.file(.interrupted(totals))) }
    }

    private func sideBySide(
        in session: Session,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.widthLimit {
                group.addTask(executorPreference: session.loop) { try await body() }
            }
            // The first that finds the session over ends them all.
            do {
                try await group.waitForAll()
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    // MARK: Folders

    /// Makes all folders, one depth after the other: each is there, with its permissions, before anything
    /// comes into it.
    private func sendFolders(in session: Session) async throws {
        while let depth = state.withLock({ $0.folders.last?.depth }) {
            try await sideBySide(in: session) {
                while let folder = self.nextFolder(depth) {
                    try await self.make(folder, in: session)
                }
            }
        }
    }

    private func nextFolder(_ depth: Int) -> OutgoingFolder? {
        state.withLock { state in
            state.folders.last?.depth == depth ? state.folders.popLast() : nil
        }
    }

    private func make(_ folder: OutgoingFolder, in session: Session) async throws {
        do throws(SessionError) {
            try await session.makeFolder(folder.name, permissions: folder.permissions)
        } catch {
            guard isOfThisAlone(error, in: session) else {
                state.withLock { $0.folders.append(folder) }
                throw error
            }
            // One of an older version: files bring their folders with them.
            let isUnknown = error.kind == .reset && error.code == .unknownName
            if isUnknown, !folder.isEmpty { return }
            let words = isUnknown ? "the receiver makes no empty folders" : error.reasonOfFile
            return giveUp(folder, words)
        }
        if folder.isEmpty { announcer.tell(.file(.sentFolder(name: folder.name))) }
    }

    /// A folder cannot be there, and so nothing that is in it.
    private func giveUp(_ folder: OutgoingFolder, _ reason: String) {
        let count = state.withLock { state in
            let files = state.waiting.filter { $0.name.isBeneath(folder.name) }
            state.waiting.removeAll { $0.name.isBeneath(folder.name) }
            state.folders.removeAll { $0.name.isBeneath(folder.name) }
            for file in files { _ = state.tally.ended(file, isThere: false) }
            state.failureCount += max(1, files.count)
            return files.count
        }
        let words = count > 0 ? "\(reason); nor are the \(count) files in it sent" : reason
        announcer.tell(.file(.failed(name: folder.name, reason: words)))
    }

    // MARK: Files

    private func next() -> OutgoingFile? { state.withLock { $0.waiting.popLast() } }

    private func send(_ file: OutgoingFile, in session: Session) async throws {
        let begin = ContinuousClock.now
        let opened: OpenFile
        do throws(FileError) {
            opened = try file.open()
        } catch {
            return fail(file, SystemError(number: error.errno).words)
        }
        do throws(SessionError) {
            try await put(file, opened, in: session)
        } catch {
            guard isOfThisAlone(error, in: session) else {
                state.withLock { $0.waiting.append(file) }
                throw error
            }
            return fail(file, error.reasonOfFile)
        }
        let (resumedSize, isOnly) = state.withLock { state in
            (state.tally.ended(file, isThere: true), state.tally.totalCount == 1)
        }
        let notice = FileNotice.sent(
            name: file.name,
            size: file.size,
            resumedSize: resumedSize,
            nanoseconds: begin.nanosecondsSince
        )
        // The status counts the others.
        guard isOnly || announcer.isVerbose || !board.showsStatus else { return }
        announcer.tell(.file(notice))
    }

    private func fail(_ file: OutgoingFile, _ reason: String) {
        state.withLock { state in
            state.failureCount += 1
            _ = state.tally.ended(file, isThere: false)
        }
        announcer.tell(.file(.failed(name: file.name, reason: reason)))
    }

    /// Whether an error is no end of everything else.
    private func isOfThisAlone(_ error: SessionError, in session: Session) -> Bool {
        session.ending == nil && error.kind != .cancelled && error.kind != .deadlinePassed
    }

    /// Sends one file, waiting for another process that is at it over there, or for the last moments of an
    /// earlier transfer.
    private func put(
        _ file: OutgoingFile,
        _ opened: OpenFile,
        in session: Session
    ) async throws(SessionError) {
        let giveUp = Deadline.after(Self.busyLimit)
        while true {
            do throws(SessionError) {
                return try await session.put(opened, of: file.fullPath, as: file.name) {
                    self.note($0, of: file)
                }
            } catch {
                guard [.failed, .reset].contains(error.kind), error.code == .overloaded,
                    !giveUp.hasPassed
                else { throw error }
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

extension SessionError {
    /// Why one file has not moved: what the other end said of it, or what is known here.
    fileprivate var reasonOfFile: String {
        let isSaid = [.failed, .storage, .tooLong].contains(kind) && !text.isEmpty
        return (isSaid ? text : description).printable
    }
}
