import Files
import Glibc
import Sessions
import Sockets

/// Files on their way in, and what is told of them.
final class ReceiveRun: Sendable {
    /// One file of one session.
    struct Key: Hashable {
        let session: SessionID
        let name: BytePath
    }

    struct Transfer {
        let number: Int
        let begin: Int64
    }

    struct State {
        var list = TransferList()
        var transfers: [Key: Transfer] = [:]
        /// Sessions that have sent something, or wanted to.
        var senders: Set<SessionID> = []
    }

    private let state = Lock(State())
    private let folder: FileFolder
    private let path: BytePath
    private let access: FileAccess
    private let board: StatusWriter
    private let service: SessionService
    private let start = ContinuousClock.now

    /// - Throws: `SessionError` if the folder cannot be opened.
    init(
        into path: BytePath,
        _ access: FileAccess,
        _ board: StatusWriter,
        _ service: SessionService
    ) throws {
        folder = try FileFolder(path)
        self.path = path
        self.access = access
        self.board = board
        self.service = service
    }

    /// Receives until it is stopped; `isOnce`: or until a sender is done.
    func serve(isOnce: Bool) async throws {
        var access = access
        access.progress = { session, progress in self.moved(progress, from: session) }
        access.received = { session, progress in self.received(progress, from: session) }
        access.madeFolder = { session, _ in self.note(session) }
        access.failed = { session, progress, error in
            self.failed(progress, from: session, error)
        }
        var handlers = SessionHandlers()
        handlers.files(folder, access)
        service.announcer.tell(.file(.receiving(into: absolute)))
        try await service.run { [handlers] session in
            var failure: (any Error)?
            do {
                try await session.serve(handlers)
            } catch {
                failure = error
            }
            let isSender = self.state.withLock { $0.senders.remove(session.id) != nil }
            if let failure { throw failure }
            if isOnce, isSender, session.isDone { self.service.stop() }
        }
    }

    /// The folder, as a person finds it from anywhere.
    private var absolute: BytePath {
        if path.bytes.first == UInt8(ascii: "/") { return path }
        guard let current = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(current) }
        let bytes = unsafe UnsafeRawBufferPointer(start: current, count: strlen(current))
        let here = BytePath(unsafe Array(bytes))
        return path == "." ? here : here.appending(path)
    }

    private func note(_ session: Session) {
        state.withLock { state in _ = state.senders.insert(session.id) }
    }

    // MARK: One file

    private func moved(_ progress: FileProgress, from session: Session) {
        let time = start.nanosecondsSince
        let line: String? = state.withLock { state in
            let key = Key(session: session.id, name: progress.path)
            let transfer =
                state.transfers[key]
                ?? Transfer(number: state.list.begin(progress.path.printable), begin: time)
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
        note(session)
        let transfer = end(progress.path, from: session, at: time)
        let notice = FileNotice.received(
            name: progress.path,
            size: Int(clamping: progress.size),
            nanoseconds: transfer.map { time - $0.begin } ?? 0
        )
        service.announcer.tell(.file(notice))
    }

    private func failed(_ progress: FileProgress, from session: Session, _ error: any Error) {
        note(session)
        _ = end(progress.path, from: session, at: start.nanosecondsSince)
        let notice: FileNotice
        switch error {
        // The same file goes on in another session.
        case let error as SessionError where error.code == .superseded: return
        // The sender has gone, or has had enough.
        case is SessionError:
            notice = .unfinished(
                name: progress.path,
                offset: Int(clamping: progress.offset),
                size: Int(clamping: progress.size)
            )
        case let refusal as CallRefusal:
            let words = refusal.text.isEmpty ? refusal.code.words : refusal.text
            notice = .failed(name: progress.path, reason: words.printable)
        default: notice = .failed(name: progress.path, reason: "\(error)".printable)
        }
        service.announcer.tell(.file(notice))
    }

    /// Takes a transfer off the list.
    private func end(_ name: BytePath, from session: Session, at time: Int64) -> Transfer? {
        let (transfer, line) = state.withLock { state in
            let key = Key(session: session.id, name: name)
            let transfer = state.transfers.removeValue(forKey: key)
            return (transfer, transfer.flatMap { state.list.end($0.number, at: time) })
        }
        if let line { board.show(line) }
        return transfer
    }
}

extension Session {
    /// Whether the other end has left in good order, and not because it was interrupted.
    fileprivate var isDone: Bool {
        if case .closed(let code, _)? = ending { code != .cancelled } else { false }
    }
}
