internal import Digests
internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// A file on its way in: fills a hidden one, which gets its name when it is whole.
///
/// Locked (flock(2)) as long as this is there: of two that write the same content one is refused.
final class IncomingFile: Sendable {
    let content: FileContent
    private let folder: FileFolder
    private let part: Descriptor
    private let partName: [UInt8]
    /// What was there, and what came since.
    private let written: Lock<UInt64>

    /// Why it cannot be written.
    enum Problem: Error {
        /// Another is writing it.
        case busy
        case file(FileError)
    }

    /// Opens what is there of exactly this content, or begins.
    init(_ content: FileContent, in folder: FileFolder) throws(Problem) {
        self.content = content
        self.folder = folder
        partName = PartName.of(content)
        do throws(FileError) {
            try folder.sweepParts()
            part = try folder.folder.openForWriting(partName, flags: O_CREAT)
            guard FileCalls.tryLock(part.number) else { throw FileError(errno: EBUSY) }
            let status = try FileCalls.status(part.number)
            guard status.kind == .file else { throw FileError(errno: EINVAL) }
            // More than there should be is not of this content.
            let size = UInt64(max(0, status.size))
            let kept = size <= content.size ? size : 0
            if kept < size { try FileCalls.truncate(part.number, to: 0) }
            written = Lock(kept)
        } catch {
            throw error.errno == EBUSY ? .busy : .file(error)
        }
    }

    /// How many bytes are here.
    var offset: UInt64 { written.withLock { $0 } }

    /// Adds bytes; false if they are more than were announced.
    func append(_ bytes: [UInt8]) throws(FileError) -> Bool {
        let offset = self.offset
        guard UInt64(bytes.count) <= content.size - offset else { return false }
        try unsafe FileCalls.write(part.number, bytes.span.bytes, at: Int(offset))
        written.withLock { $0 += UInt64(bytes.count) }
        return true
    }

    /// The hash of what is here: read back, because part of it may have been there before.
    func hash() async throws(FileError) -> [UInt8] {
        let number = part.number
        return try await FileHash.of(offset) { memory, offset throws(FileError) in
            try FileCalls.read(number, into: &memory, at: offset)
        }
    }

    /// Gives the file its name, in place of what has it: after a power failure the name means either the
    /// old bytes or all of the new.
    ///
    /// Waits for the disk.
    func finish() throws(FileError) {
        let parent = try folder.parent(of: content.name)
        try FileCalls.synchronise(part.number)
        try FileCalls.rename(
            partName,
            in: folder.folder.number,
            to: content.name.last,
            in: parent.number,
            replaces: true
        )
        try FileCalls.synchronise(parent.number)
    }

    /// Removes it: nothing in it could be continued.
    func discard() { try? FileCalls.remove(partName, in: folder.folder.number) }
}

/// The hash of a whole file, which may take a while.
enum FileHash {
    /// Bytes read at a time, between which others have their turn.
    ///
    /// Arbitrary: a third of a millisecond of hashing.
    private static let stepSize = 262_144

    /// SHA-256 of the first bytes of what `read` reads.
    static func of(
        _ size: UInt64,
        _ read: (inout MutableRawSpan, Int) throws(FileError) -> Int
    ) async throws(FileError) -> [UInt8] {
        var digest = SHA256()
        var buffer = [UInt8](repeating: 0, count: Int(min(UInt64(stepSize), max(1, size))))
        var offset: UInt64 = 0
        while offset < size {
            let limit = Int(min(UInt64(buffer.count), size - offset))
            var span = buffer.mutableSpan
            var memory = unsafe span.mutableBytes
            // It may have grown meanwhile.
            let count = min(limit, try read(&memory, Int(offset)))
            guard count > 0 else { break }
            digest.update(unsafe buffer.span.bytes.extracting(first: count))
            offset += UInt64(count)
            await Task.yield()
        }
        return digest.finalize()
    }
}
