internal import Files
internal import Glibc
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
        var evict: (@Sendable () -> Void)?
        /// Its bytes are being compared, or it is removed: no other can have it any more.
        var isClosing = false
    }

    private let state: Lock<State>

    /// Opens what is there of exactly this content, or begins.
    init(_ content: FileContent, in folder: FileFolder) throws(IncomingFile.Problem) {
        let opened: (OpenFile, UInt64)
        do throws(FileError) {
            let name = PartName.of(content)
            let file = OpenFile(try folder.folder.openForWriting(name, flags: O_CREAT))
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
        to evict: @escaping @Sendable () -> Void
    ) -> (holder: Int, evicted: (@Sendable () -> Void)?)? {
        state.withLock { state in
            guard state.file != nil, !state.isClosing else { return nil }
            state.holder += 1
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

    /// Closes it if a transfer that goes has it; then nobody has it.
    func close(for holder: Int) -> Bool {
        state.withLock { state in
            guard state.holder == holder else { return false }
            state.file = nil
            state.evict = nil
            return true
        }
    }
}

/// The unfinished files of a folder that are open in this process.
final class PartFiles: Sendable {
    private let parts = Lock<[[UInt8]: PartFile]>([:])

    /// Takes the unfinished file of a content over from who has it, or opens it.
    ///
    /// Of two transfers of one content the older is mostly one whose client has vanished, which its
    /// session learns minutes later.
    func take(
        _ content: FileContent,
        in folder: FileFolder,
        _ evict: @escaping @Sendable () -> Void
    ) throws(IncomingFile.Problem) -> (PartFile, holder: Int) {
        let name = PartName.of(content)
        let (part, passed) = try parts.withLock { parts throws(IncomingFile.Problem) in
            let part: PartFile
            if let open = parts[name] {
                part = open
            } else {
                part = try PartFile(content, in: folder)
                parts[name] = part
            }
            guard let passed = part.pass(to: evict) else { throw .busy }
            return (part, passed)
        }
        passed.evicted?()
        return (part, passed.holder)
    }

    /// A transfer is over.
    ///
    /// Under the lock, so that who comes next finds the file either open or closed.
    func leave(_ part: PartFile, _ holder: Int, _ content: FileContent) {
        parts.withLock { parts in
            if part.close(for: holder) { parts[PartName.of(content)] = nil }
        }
    }
}
