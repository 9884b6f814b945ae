internal import Digests
internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// A file on its way in: fills a hidden one, which gets its name when it is whole.
///
/// Of two that write the same content in one process the newer goes on where the older was; what another
/// process writes is busy.
final class IncomingFile: Sendable {
    let content: FileContent
    private let folder: FileFolder
    private let part: PartFile
    private let holder: Int

    /// Why it cannot be written.
    enum Problem: Error {
        /// Another process is writing it, or it is being finished.
        case busy
        /// As many files are coming as may be at once.
        case crowded
        /// A newer transfer has it.
        case superseded
        /// The other end sends more than it has announced.
        case tooLong
        /// What is there already stands in its way.
        case obstacle(String)
        case file(FileError)
    }

    /// Opens what is there of exactly this content, or begins.
    ///
    /// When another transfer has taken over, its task calls `evict` with `superseded`; with `overloaded`
    /// when this one was silent, and others are waiting.
    init(
        _ content: FileContent,
        in folder: FileFolder,
        evict: @escaping @Sendable (SessionCode) -> Void = { _ in }
    ) throws(Problem) {
        self.content = content
        self.folder = folder
        (part, holder) = try folder.parts.take(content, in: folder, evict)
    }

    deinit { folder.parts.leave(part, holder, content) }

    /// How many bytes are here.
    func offset() throws(Problem) -> UInt64 {
        try part.withState(of: holder) { state, _ in state.size }
    }

    /// Adds bytes, and says how many are here; more than were announced remove all.
    ///
    /// On a disk that is full, unfinished files that nobody writes make room, the oldest first, if that can
    /// help. If not, this one is removed: it would only keep out others that fit.
    func append(_ bytes: [UInt8]) throws(Problem) -> UInt64 {
        while true {
            do throws(Problem) {
                return try write(bytes)
            } catch .file(let error) where error.isFull {
                let missing = content.size - (try offset())
                guard folder.parts.makeRoom(for: missing, error, in: folder) else {
                    discard()
                    throw .file(error)
                }
            }
        }
    }

    private func write(_ bytes: [UInt8]) throws(Problem) -> UInt64 {
        try part.withState(of: holder) { state, file throws(Problem) in
            guard UInt64(bytes.count) <= content.size - state.size else {
                remove(&state)
                throw .tooLong
            }
            do throws(FileError) {
                try unsafe FileCalls.write(file.number, bytes.span.bytes, at: Int(state.size))
            } catch {
                throw .file(error)
            }
            state.size += UInt64(bytes.count)
            state.lastMove = .now
            return state.size
        }
    }

    /// Whether what is here is the content: read back, because part of it may have been there before.
    ///
    /// From now on nobody takes it over.
    func isRight() async throws(Problem) -> Bool {
        let file = try close()
        do throws(FileError) {
            let hash = try await FileHash.of(content.size) { memory, offset throws(FileError) in
                try file.read(into: &memory, at: offset)
            }
            return hash == content.hash
        } catch {
            throw .file(error)
        }
    }

    /// Gives the file its name: ``FileFolder/place(_:_:named:_:)``.
    ///
    /// Waits for the disk.
    func finish(_ attributes: FileAttributes) throws(Problem) {
        let file = try close()
        do throws(Problem) {
            try folder.place(PartName.of(content), file, named: content.name, attributes)
        } catch {
            // Bytes that the disk has no room for after all may be lost already.
            if case .file(let error) = error, error.isFull || error.errno == EIO { discard() }
            throw error
        }
        try part.withState(of: holder) { state, _ in state.isGone = true }
    }

    /// Removes it: nothing in it could be continued.
    func discard() {
        _ = try? part.withState(of: holder) { state, _ in remove(&state) }
    }

    private func remove(_ state: inout PartFile.State) {
        state.isClosing = true
        state.isGone = true
        try? FileCalls.remove(PartName.of(content), in: folder.folder.number)
    }

    /// From now on nobody takes it over.
    private func close() throws(Problem) -> OpenFile {
        try part.withState(of: holder) { state, file in
            state.isClosing = true
            return file
        }
    }
}

extension FileError {
    /// Whether there is no room: of the disk, or of the user's share.
    var isFull: Bool { errno == ENOSPC || errno == EDQUOT }
}
