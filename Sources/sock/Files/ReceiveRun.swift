import Sessions
import Sockets

/// Files on their way in, and what is told of them.
final class ReceiveRun: Sendable {
    /// One file of one session.
    struct Key: Hashable {
        let session: SessionID
        let name: String
    }

    struct Transfer {
        let number: Int
        let begin: Int64
        var offset: UInt64
        let size: UInt64
    }

    struct State {
        var list = TransferList()
        var transfers: [Key: Transfer] = [:]
        /// Who sends the file of a name, or did last.
        var senders: [String: Session] = [:]
        /// Files that are there because of a session.
        var receivedCounts: [SessionID: Int] = [:]
    }

    private let state = Lock(State())
    private let folder: FileFolder
    private let sizeLimit: Int
    private let board: StatusWriter
    private let service: SessionService
    private let start = ContinuousClock.now

    /// - Throws: `SessionError` if the folder cannot be opened.
    init(into path: String, sizeLimit: Int, _ board: StatusWriter, _ service: SessionService) throws
    {
        folder = try FileFolder(path)
        self.sizeLimit = sizeLimit
        self.board = board
        self.service = service
    }

    /// Receives until it is stopped; `isOnce`: or until a sender has sent everything.
    func serve(isOnce: Bool) async throws {
        var access = FileAccess.put
        access.sizeLimit = UInt64(sizeLimit)
        access.isAllowed = { session, name, _ in self.admit(name, from: session) }
        access.progress = { session, progress in self.moved(progress, from: session) }
        access.received = { session, progress in self.received(progress, from: session) }
        var handlers = SessionHandlers()
        handlers.files(folder, access)
        try await service.run { [handlers] session in
            var failure: (any Error)?
            do {
                try await session.serve(handlers)
            } catch {
                failure = error
            }
            let count = self.ended(session)
            if let failure { throw failure }
            if isOnce, count > 0 { self.service.stop() }
        }
    }

    // MARK: One file

    /// Lets a sender begin; one that has vanished in the middle of the same file makes room for it.
    ///
    /// Its session would be kept for minutes, and the file be locked as long. If it lives after all, it
    /// begins another, and goes on where this one will have come.
    private func admit(_ name: String, from session: Session) -> Bool {
        let before = state.withLock { state in
            state.senders.updateValue(session, forKey: name)
        }
        if let before, before.id != session.id, !before.isAttached { before.abandon() }
        return true
    }

    private func moved(_ progress: FileProgress, from session: Session) {
        let time = start.nanosecondsSince
        let line: String? = state.withLock { state in
            let key = Key(session: session.id, name: progress.name)
            var transfer =
                state.transfers[key]
                ?? Transfer(
                    number: state.list.begin(progress.name.printable),
                    begin: time,
                    offset: 0,
                    size: progress.size
                )
            transfer.offset = progress.offset
            state.transfers[key] = transfer
            return state.list.moved(
                transfer.number,
                Int(clamping: progress.offset),
                of: Int(clamping: progress.size),
                at: time
            )
        }
        if let line { board.show(line) }
    }

    private func received(_ progress: FileProgress, from session: Session) {
        let time = start.nanosecondsSince
        let (transfer, line) = state.withLock { state in
            state.receivedCounts[session.id, default: 0] += 1
            state.senders[progress.name] = nil
            let key = Key(session: session.id, name: progress.name)
            let transfer = state.transfers.removeValue(forKey: key)
            return (transfer, transfer.flatMap { state.list.end($0.number, at: time) })
        }
        if let line { board.show(line) }
        let notice = FileNotice.received(
            name: progress.name,
            size: Int(clamping: progress.size),
            nanoseconds: transfer.map { time - $0.begin } ?? 0
        )
        service.announcer.tell(.file(notice))
    }

    // MARK: One session

    /// Tells of files that a session has left unfinished; gives how many it has brought.
    private func ended(_ session: Session) -> Int {
        let time = start.nanosecondsSince
        let (left, line, count) = state.withLock { state in
            let left = state.transfers.filter { $0.key.session == session.id }
            var line: String?
            for (key, transfer) in left {
                state.transfers[key] = nil
                line = state.list.end(transfer.number, at: time) ?? line
            }
            state.senders = state.senders.filter { $0.value.id != session.id }
            return (left, line, state.receivedCounts.removeValue(forKey: session.id) ?? 0)
        }
        if let line { board.show(line) }
        for (key, transfer) in left.sorted(by: { $0.key.name < $1.key.name }) {
            let notice = FileNotice.unfinished(
                name: key.name,
                offset: Int(clamping: transfer.offset),
                size: Int(clamping: transfer.size)
            )
            service.announcer.tell(.file(notice))
        }
        return count
    }
}
