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
        /// A newer transfer has it.
        case superseded
        /// The other end sends more than it has announced.
        case tooLong
        case file(FileError)
    }

    /// Opens what is there of exactly this content, or begins.
    ///
    /// When a newer transfer has taken over, its task calls `evict`.
    init(
        _ content: FileContent,
        in folder: FileFolder,
        evict: @escaping @Sendable () -> Void = {}
    ) throws(Problem) {
        self.content = content
        self.folder = folder
        do throws(FileError) {
            try folder.sweepParts()
        } catch {
            throw .file(error)
        }
        (part, holder) = try folder.parts.take(content, in: folder, evict)
    }

    deinit { folder.parts.leave(part, holder, content) }

    /// How many bytes are here.
    func offset() throws(Problem) -> UInt64 {
        try part.withState(of: holder) { state, _ in state.size }
    }

    /// Adds bytes, and says how many are here; more than were announced remove all.
    func append(_ bytes: [UInt8]) throws(Problem) -> UInt64 {
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

    /// Gives the file its name, in place of what has it: after a power failure the name means either the
    /// old bytes or all of the new.
    ///
    /// Waits for the disk.
    func finish() throws(Problem) {
        let file = try close()
        do throws(FileError) {
            let parent = try folder.parent(of: content.name)
            try FileCalls.synchronise(file.number)
            try FileCalls.rename(
                PartName.of(content),
                in: folder.folder.number,
                to: content.name.last,
                in: parent.number,
                replaces: true
            )
            try FileCalls.synchronise(parent.number)
        } catch {
            throw .file(error)
        }
    }

    /// Removes it: nothing in it could be continued.
    func discard() {
        _ = try? part.withState(of: holder) { state, _ in remove(&state) }
    }

    private func remove(_ state: inout PartFile.State) {
        state.isClosing = true
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
