internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// The unfinished files of a folder: those that are open in this process, and those that nobody writes.
final class PartFiles: Sendable {
    private struct State {
        var open: [[UInt8]: PartFile] = [:]
        var idle = IdleParts()
    }

    private let state = Lock(State())

    /// How long a sender may be silent before its place is given to another, when there is no other.
    ///
    /// Arbitrary; one that has lost its connection begins this file anew.
    private static let silenceLimit = Duration.seconds(10)

    /// Takes the unfinished file of a content over from who has it, or opens it.
    ///
    /// Of two transfers of one content the older is mostly one whose client has vanished, which its
    /// session learns minutes later.
    func take(
        _ content: FileContent,
        in folder: FileFolder,
        _ evict: @escaping @Sendable (SessionCode) -> Void
    ) throws(IncomingFile.Problem) -> (PartFile, holder: Int) {
        let name = PartName.of(content)
        var silent: (@Sendable (SessionCode) -> Void)?
        defer { silent?(.overloaded) }
        let (part, passed) = try state.withLock { state throws(IncomingFile.Problem) in
            let part: PartFile
            if let open = state.open[name] {
                part = open
            } else {
                silent = try makePlace(for: name, &state, in: folder)
                part = try open(content, &state, in: folder)
                state.open[name] = part
                state.idle.forget(name)
            }
            guard let passed = part.pass(to: evict) else { throw .busy }
            return (part, passed)
        }
        passed.evicted?(.superseded)
        return (part, passed.holder)
    }

    /// A transfer is over.
    ///
    /// Under the lock, so that who comes next finds the file either open or closed.
    func leave(_ part: PartFile, _ holder: Int, _ content: FileContent) {
        state.withLock { state in
            guard let left = part.close(for: holder) else { return }
            let name = PartName.of(content)
            state.open[name] = nil
            if let left { state.idle.add(name, left) }
        }
    }

    /// Removes the oldest file that nobody writes, for one that needs so many bytes more.
    ///
    /// - Returns: Whether it is worth another try.
    func makeRoom(for size: UInt64, _ error: FileError, in folder: FileFolder) -> Bool {
        state.withLock { state in
            if state.idle.count == 0 { read(&state, folder) }
            // Nothing is known of a user's share (EDQUOT), only of the disk.
            if error.errno == ENOSPC, let free = try? FileCalls.freeSize(folder.folder.number),
                free < size, size - free > state.idle.size
            {
                return false
            }
            return state.idle.removeOldest(in: folder.folder)
        }
    }

    // MARK: Under the lock

    /// Makes room for one more; says who must be told that its place is taken.
    private func makePlace(
        for name: [UInt8],
        _ state: inout State,
        in folder: FileFolder
    ) throws(IncomingFile.Problem) -> (@Sendable (SessionCode) -> Void)? {
        let limit = max(1, folder.partLimit)
        read(&state, folder)
        state.idle.forget(name)
        while state.open.count + state.idle.count >= limit {
            if state.idle.removeOldest(in: folder.folder) { continue }
            let silent = state.open.compactMap { entry in
                entry.value.lastMove.map { (name: entry.key, part: entry.value, time: $0) }
            }.min { $0.time < $1.time }
            guard let silent, silent.time + Self.silenceLimit < .now else { throw .crowded }
            state.open[silent.name] = nil
            let evicted = silent.part.takeAway()
            _ = IdleParts.remove(silent.name, in: folder.folder)
            return evicted
        }
        return nil
    }

    private func open(
        _ content: FileContent,
        _ state: inout State,
        in folder: FileFolder
    ) throws(IncomingFile.Problem) -> PartFile {
        while true {
            do throws(IncomingFile.Problem) {
                return try PartFile(content, in: folder.folder)
            } catch .file(let error) where error.isFull {
                guard state.idle.removeOldest(in: folder.folder) else { throw .file(error) }
            }
        }
    }

    private func read(_ state: inout State, _ folder: FileFolder) {
        let open = state.open
        state.idle.read(folder.folder) { open[$0] != nil }
    }
}
