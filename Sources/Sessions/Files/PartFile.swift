internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// An unfinished file that is open, of one transfer after the other: the newest has it.
final class PartFile: Sendable {
    struct State {
        /// Locked (flock(2)) as long as it is open; nil when nobody has it any more.
        var file: OpenFile?
        /// What was there, and what came since, in bytes.
        var size: UInt64
        /// Which transfer has it.
        var holder = 0
        /// Told when another has it.
        var evict: (@Sendable (SessionCode) -> Void)?
        /// Its bytes are being compared, or it is removed: no other can have it any more.
        var isClosing = false
        /// It has its name, or is removed: no unfinished file is left.
        var isGone = false
        /// When bytes came last.
        var lastMove = ContinuousClock.now
    }

    private let state: Lock<State>

    /// Opens what is there of exactly this content, or begins.
    init(_ content: FileContent, in folder: Folder) throws(IncomingFile.Problem) {
        let opened: (OpenFile, UInt64)
        do throws(FileError) {
            let name = PartName.of(content)
            // Nobody else's until it has the permissions it is to have.
            let file = OpenFile(
                try folder.openForWriting(name, flags: O_CREAT, permissions: 0o600)
            )
            guard FileCalls.tryLock(file.number) else { throw FileError(errno: EBUSY) }
            let status = try file.status()
            guard status.kind == .file else { throw FileError(errno: EINVAL) }
            // More than there should be is not of this content.
            let size = UInt64(max(0, status.size))
            let kept = size <= content.size ? size : 0
            if kept < size { try FileCalls.truncate(file.number, to: 0) }
            opened = (file, kept)
        } catch {
            throw error.errno == EBUSY ? .busy : .file(error)
        }
        state = Lock(State(file: opened.0, size: opened.1))
    }

    /// Gives it to a transfer, and says which that is and whom to tell; nil when it is too late for that.
    func pass(
        to evict: @escaping @Sendable (SessionCode) -> Void
    ) -> (holder: Int, evicted: (@Sendable (SessionCode) -> Void)?)? {
        state.withLock { state in
            guard state.file != nil, !state.isClosing else { return nil }
            state.holder += 1
            state.lastMove = .now
            let evicted = state.evict
            state.evict = evict
            return (state.holder, evicted)
        }
    }

    /// Runs `body` for the transfer that has it, and keeps it from others meanwhile.
    func withState<Result>(
        of holder: Int,
        _ body: (inout State, OpenFile) throws(IncomingFile.Problem) -> Result
    ) throws(IncomingFile.Problem) -> Result {
        try state.withLock { state throws(IncomingFile.Problem) in
            guard state.holder == holder, let file = state.file else { throw .superseded }
            return try body(&state, file)
        }
    }

    /// When bytes came last; nil while it is being completed.
    var lastMove: ContinuousClock.Instant? {
        state.withLock { $0.isClosing ? nil : $0.lastMove }
    }

    /// Takes it from the transfer that has it, and gives it to none; says whom to tell.
    func takeAway() -> (@Sendable (SessionCode) -> Void)? {
        state.withLock { state in
            state.holder += 1
            state.file = nil
            defer { state.evict = nil }
            return state.evict
        }
    }

    /// Closes it if a transfer that goes has it; then nobody has it.
    ///
    /// - Returns: Nil if the transfer has it no more; otherwise what is left of it, if anything is.
    func close(for holder: Int) -> (FileStatus?)? {
        state.withLock { state in
            guard state.holder == holder else { return nil }
            let left = state.isGone ? nil : try? state.file?.status()
            state.file = nil
            state.evict = nil
            return .some(left)
        }
    }
}
