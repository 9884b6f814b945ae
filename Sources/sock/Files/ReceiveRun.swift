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
    }

    struct State {
        var list = TransferList()
        var transfers: [Key: Transfer] = [:]
        /// Files that are there because of a session.
        var receivedCounts: [SessionID: Int] = [:]
    }

    private let state = Lock(State())
    private let folder: FileFolder
    private let sizeLimit: Int?
    private let board: StatusWriter
    private let service: SessionService
    private let start = ContinuousClock.now

    /// - Throws: `SessionError` if the folder cannot be opened.
    init(
        into path: String,
        sizeLimit: Int?,
        _ board: StatusWriter,
        _ service: SessionService
    ) throws {
        folder = try FileFolder(path)
        self.sizeLimit = sizeLimit
        self.board = board
        self.service = service
    }

    /// Receives until it is stopped; `isOnce`: or until a sender has sent everything.
    func serve(isOnce: Bool) async throws {
        var access = FileAccess.put
        if let sizeLimit { access.sizeLimit = UInt64(sizeLimit) }
        access.progress = { session, progress in self.moved(progress, from: session) }
        access.received = { session, progress in self.received(progress, from: session) }
        access.failed = { session, progress, error in
            self.failed(progress, from: session, error)
        }
        var handlers = SessionHandlers()
        handlers.files(folder, access)
        try await service.run { [handlers] session in
            var failure: (any Error)?
            do {
                try await session.serve(handlers)
            } catch {
                failure = error
            }
            let count = self.state.withLock {
                $0.receivedCounts.removeValue(forKey: session.id) ?? 0
            }
            if let failure { throw failure }
            if isOnce, count > 0 { self.service.stop() }
        }
    }

    // MARK: One file

    private func moved(_ progress: FileProgress, from session: Session) {
        let time = start.nanosecondsSince
        let line: String? = state.withLock { state in
            let key = Key(session: session.id, name: progress.name)
            let transfer =
                state.transfers[key]
                ?? Transfer(number: state.list.begin(progress.name.printable), begin: time)
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
        state.withLock { $0.receivedCounts[session.id, default: 0] += 1 }
        let transfer = end(progress.name, from: session, at: time)
        let notice = FileNotice.received(
            name: progress.name,
            size: Int(clamping: progress.size),
            nanoseconds: transfer.map { time - $0.begin } ?? 0
        )
        service.announcer.tell(.file(notice))
    }

    private func failed(_ progress: FileProgress, from session: Session, _ error: any Error) {
        _ = end(progress.name, from: session, at: start.nanosecondsSince)
        let notice: FileNotice
        switch error {
        // The same file goes on in another session.
        case let error as SessionError where error.code == .superseded: return
        // The sender has gone, or has had enough.
        case is SessionError:
            notice = .unfinished(
                name: progress.name,
                offset: Int(clamping: progress.offset),
                size: Int(clamping: progress.size)
            )
        case let refusal as CallRefusal:
            let words = refusal.text.isEmpty ? refusal.code.words : refusal.text
            notice = .failed(name: progress.name, reason: words.printable)
        default: notice = .failed(name: progress.name, reason: "\(error)".printable)
        }
        service.announcer.tell(.file(notice))
    }

    /// Takes a transfer off the list.
    private func end(_ name: String, from session: Session, at time: Int64) -> Transfer? {
        let (transfer, line) = state.withLock { state in
            let key = Key(session: session.id, name: name)
            let transfer = state.transfers.removeValue(forKey: key)
            return (transfer, transfer.flatMap { state.list.end($0.number, at: time) })
        }
        if let line { board.show(line) }
        return transfer
    }
}
