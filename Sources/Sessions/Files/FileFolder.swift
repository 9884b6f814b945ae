internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// A folder that files are sent from and received into, and nothing outside of it.
///
/// Each name is resolved by openat2(2) beneath the folder: neither `..` nor a link leads out, whatever
/// the other end calls its files. Unfinished files are hidden in it, `.switchboard-….part`.
///
/// ```swift
/// let inbox = try FileFolder("/srv/inbox")
/// handlers.files(inbox)
/// ```
public struct FileFolder: Sendable {
    let folder: Folder

    /// Unfinished files kept; the oldest goes when there is one more.
    ///
    /// Arbitrary.
    public var partLimit = 64

    /// Opens a folder that is there.
    ///
    /// - Throws: ``SessionError`` of kind `storage`.
    public init(_ path: String) throws(SessionError) {
        do throws(FileError) {
            // Opened for reading, because what is opened with O_PATH cannot be synchronised.
            folder = try Folder(try FileCalls.openRoot(path)).folder([UInt8(ascii: ".")])
        } catch {
            throw SessionError(.storage, .failed, "\(path): \(error)")
        }
    }

    /// A file to be read.
    func open(_ name: FileName) throws(FileError) -> SourceFile {
        try SourceFile(folder.openForReading(name.bytes))
    }

    /// The folder that a name is in, made if it is not there.
    func parent(of name: FileName) throws(FileError) -> Folder {
        var path: [UInt8] = []
        var parent = folder
        for segment in name.segments.dropLast() {
            do throws(FileError) {
                try FileCalls.makeFolder(segment, in: parent.number)
            } catch {
                guard error.errno == EEXIST else { throw error }
            }
            path += path.isEmpty ? segment : [UInt8(ascii: "/")] + segment
            // From the top each time: beneath the folder, wherever links within it lead.
            parent = try folder.folder(path)
        }
        return parent
    }

    /// Makes room for one more unfinished file.
    func sweepParts() throws(FileError) {
        var parts: [(name: [UInt8], modified: FileStatus.Time)] = []
        let reader = try FolderReader(folder)
        while let name = reader.next(isHidden: true) {
            guard PartName.isPart(name), let status = try? FileCalls.status(name, in: folder.number)
            else { continue }
            parts.append((name, status.modified))
        }
        let excess = parts.count - max(0, partLimit - 1)
        guard excess > 0 else { return }
        parts.sort { $0.modified < $1.modified }
        for part in parts.prefix(excess) {
            // What is being written is locked, and stays.
            guard let file = try? folder.openForWriting(part.name, flags: 0),
                FileCalls.tryLock(file.number)
            else { continue }
            try? FileCalls.remove(part.name, in: folder.number)
        }
    }
}

/// A file that is sent.
final class SourceFile: Sendable {
    let file: OpenFile
    /// When it was opened, in bytes.
    let size: UInt64

    init(_ file: OpenFile) throws(FileError) {
        let status = try file.status()
        guard status.kind == .file else { throw FileError(errno: EISDIR) }
        self.file = file
        size = UInt64(max(0, status.size))
    }

    /// A file of this machine's, wherever it is.
    convenience init(path: String) throws(FileError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = Array(slash.map { path.utf8[path.utf8.index(after: $0)...] } ?? path.utf8[...])
        let parent = Folder(try FileCalls.openRoot(folder))
        // Not beneath anything: a link may lead where it likes, as for any program's user.
        try self.init(parent.openAnywhere(name))
    }

    /// Its next bytes; none at the end.
    func read(at offset: UInt64, limit: Int) throws(FileError) -> [UInt8] {
        let count = Int(min(UInt64(limit), size > offset ? size - offset : 0))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var memory = unsafe span.mutableBytes
        let read = try file.read(into: &memory, at: Int(offset))
        if read < count { bytes.removeLast(count - read) }
        return bytes
    }
}
