internal import Files
internal import Glibc
internal import Sockets

/// The file that a download fills, beside the one it will become: `NAME.part`, and `NAME.part-info`
/// which says what it is a part of.
///
/// Locked (flock(2)) as long as this is there: of two downloads to one name the second is refused. Writes
/// may wait for the disk.
final class DownloadFile: Sendable {
    private let folder: Folder
    private let name: [UInt8]
    private let partName: [UInt8]
    private let infoName: [UInt8]
    private let part: Descriptor

    /// The longest record that is read, in bytes: a URL and a tag of the longest head.
    private static let recordSizeLimit = 65_536

    /// How often the part is opened anew because what was locked had just been finished by another.
    private static let raceLimit = 8

    /// Opens what is there, or creates it.
    init(_ path: String) throws(FileError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folderPath = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        name = Array(slash.map { path.utf8[path.utf8.index(after: $0)...] } ?? path.utf8[...])
        partName = name + Array(".part".utf8)
        infoName = name + Array(".part-info".utf8)
        // Opened for reading, because what is opened with O_PATH cannot be synchronised.
        folder = try Folder(try FileCalls.openRoot(folderPath)).folder([UInt8(ascii: ".")])
        guard !name.isEmpty, name != Array(".".utf8), name != Array("..".utf8),
            !name.contains(0)
        else { throw FileError(errno: EISDIR) }
        part = try Self.lock(partName, in: folder)
    }

    private static func lock(_ name: [UInt8], in folder: Folder) throws(FileError) -> Descriptor {
        for _ in 0..<raceLimit {
            let part = try folder.openForWriting(name, flags: O_CREAT)
            guard FileCalls.tryLock(part.number) else { break }
            let mine = try FileCalls.status(part.number)
            // A device or FIFO that somebody put there is not written to.
            guard mine.kind == .file else { throw FileError(errno: EINVAL) }
            // Whoever had the lock before may have given the file its name meanwhile.
            if let there = try? FileCalls.status(name, in: folder.number),
                there.inode == mine.inode, there.device == mine.device
            {
                return part
            }
        }
        throw FileError(errno: EBUSY)
    }

    /// How many bytes are there.
    func size() throws(FileError) -> Int { try FileCalls.status(part.number).size }

    /// Cuts the part, so that it ends at a place.
    func cut(at size: Int) throws(FileError) { try FileCalls.truncate(part.number, to: size) }

    /// Writes at a place.
    func write(_ bytes: borrowing RawSpan, at offset: Int) throws(FileError) {
        try FileCalls.write(part.number, bytes, at: offset)
    }

    // MARK: The record

    /// What the part is a part of; nil if nothing says so.
    func record() -> DownloadRecord? {
        guard let file = try? folder.openForReading(infoName),
            let size = try? file.status().size, size <= Self.recordSizeLimit, size > 0
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        var span = bytes.mutableSpan
        var memory = unsafe span.mutableBytes
        // A record is a page or less: one that comes in pieces is none.
        guard (try? file.read(into: &memory, at: 0)) == size else { return nil }
        return DownloadRecord(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// Notes what the part is a part of.
    func set(_ record: DownloadRecord?) throws(FileError) {
        guard let record else {
            try? FileCalls.remove(infoName, in: folder.number)
            return
        }
        let file = try folder.openForWriting(infoName, flags: O_CREAT | O_TRUNC)
        let text = Array(record.text.utf8)
        try unsafe FileCalls.write(file.number, text.span.bytes, at: 0)
    }

    // MARK: The end

    /// Gives the file its name, in place of what has it: after a power failure the name means either
    /// the old bytes or all of the new.
    func finish() throws(FileError) {
        try FileCalls.synchronise(part.number)
        try FileCalls.rename(partName, to: name, in: folder.number, replaces: true)
        try? FileCalls.remove(infoName, in: folder.number)
        try FileCalls.synchronise(folder.number)
    }

    /// Removes a part of no use: nothing in it could be continued.
    func discard() {
        try? FileCalls.remove(partName, in: folder.number)
        try? FileCalls.remove(infoName, in: folder.number)
    }
}
