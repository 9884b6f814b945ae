internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// A folder that files are sent from and received into, and nothing outside of it.
///
/// Each name is resolved by openat2(2) beneath the folder: neither `..` nor a link leads out, whatever
/// the other end calls its files. Unfinished files are hidden in it, `.switchboard-….part`.
///
/// Copies of one value know of each other's transfers: of two that bring the same file the newer goes on
/// where the older was, which gets `superseded`. With two values for a folder, or two processes, the
/// newer gets `overloaded`.
///
/// ```swift
/// let inbox = try FileFolder("/srv/inbox")
/// handlers.files(inbox)
/// ```
public struct FileFolder: Sendable {
    let folder: Folder
    /// Unfinished files that are being written, of all sessions that share this value.
    let parts = PartFiles()

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
