internal import Files
internal import Glibc
internal import Sockets

/// One unfinished upload, open and locked for as long as anybody has this.
final class PartialFile: Sendable {
    let name: PartialName
    private let descriptor: Descriptor

    init(name: PartialName, descriptor: consuming Descriptor) {
        self.name = name
        self.descriptor = descriptor
    }

    var number: CInt { descriptor.number }
}

/// The unfinished uploads of one folder: hidden files, each locked by the one that is writing it.
///
/// The lock is flock(2)'s: it goes with the open file, so that of a process that was killed is gone
/// too, and another process that serves the same folder sees it.
struct PartialUploads {
    let folder: Folder
    let limits: StaticFileOptions.UploadOptions

    /// One that was found.
    struct Found {
        let name: PartialName
        let status: FileStatus
    }

    /// Why one cannot be written.
    enum Problem: Error, Equatable {
        /// There is none to go on with.
        case missing
        /// Another is writing it.
        case busy
        /// It ends before the place to go on at.
        case short(size: Int)
        case file(FileError)
    }

    /// How often a name is looked up again because what was locked under it had just been finished
    /// or removed.
    private static let raceLimit = 8

    /// Opens and locks an upload's file, to be written from a place on.
    ///
    /// The place may be anywhere in what is there, so that a request whose answer was lost can be
    /// sent again (PUT is idempotent); beyond it there would be a hole. At zero it may be new.
    func open(_ name: PartialName, from offset: Int) throws(Problem) -> PartialFile {
        let file = try lock(name, creates: offset == 0)
        let size: Int
        do throws(FileError) {
            size = try FileCalls.status(file.number).size
            if offset <= size { try FileCalls.truncate(file.number, to: offset) }
        } catch {
            throw .file(error)
        }
        guard offset <= size else { throw .short(size: size) }
        return PartialFile(name: name, descriptor: file)
    }

    private func lock(_ name: PartialName, creates: Bool) throws(Problem) -> Descriptor {
        for _ in 0..<Self.raceLimit {
            let file: Descriptor
            do throws(FileError) {
                file = try folder.openForWriting(name.bytes, flags: creates ? O_CREAT : 0)
            } catch {
                throw error.errno == ENOENT ? .missing : .file(error)
            }
            guard FileCalls.tryLock(file.number) else { throw .busy }
            if try isStill(file, name) { return file }
        }
        throw .busy
    }

    /// Whether the name still means the file that is open: the one who had the lock before may have
    /// renamed it to what it is an upload of.
    private func isStill(_ file: borrowing Descriptor, _ name: PartialName) throws(Problem) -> Bool
    {
        do throws(FileError) {
            let mine = try FileCalls.status(file.number)
            // A device or FIFO that somebody put there is not written to.
            guard mine.kind == .file else { throw FileError(errno: EINVAL) }
            let there = try FileCalls.status(name.bytes, in: folder.number)
            return mine.inode == there.inode && mine.device == there.device
        } catch {
            if error.errno == ENOENT { return false }
            throw .file(error)
        }
    }

    /// The resumable upload of a file, the latest if there are several.
    func latest(of target: [UInt8]) throws(FileError) -> Found? {
        try all().filter { found in
            if case .resumable = found.name.identity { return found.name.target == target }
            return false
        }.max { $0.status.modified < $1.status.modified }
    }

    /// Makes room: removes what is older than the limit, what a new upload of the same file takes
    /// the place of, and the oldest beyond the limit on their count.
    ///
    /// What is being written stays.
    func sweep(beginning name: PartialName, replacesOthers: Bool, now: HTTPDate) throws(FileError) {
        var kept: [Found] = []
        for found in try all() where found.name != name {
            let age = now.secondsSinceEpoch - max(0, found.status.modified.seconds)
            let isReplaced = replacesOthers && found.name.target == name.target
            if age > limits.partialAgeLimit || isReplaced {
                remove(found.name)
            } else {
                kept.append(found)
            }
        }
        let excess = kept.count - max(0, limits.partialCountLimit - 1)
        guard excess > 0 else { return }
        kept.sort { $0.status.modified < $1.status.modified }
        for found in kept.prefix(excess) { remove(found.name) }
    }

    /// Removes one, unless it is being written.
    private func remove(_ name: PartialName) {
        // Held until it is gone, so that nobody begins to write what is about to go.
        guard let file = try? lock(name, creates: false) else { return }
        try? FileCalls.remove(name.bytes, in: folder.number)
        FileCalls.unlock(file.number)
    }

    private func all() throws(FileError) -> [Found] {
        var all: [Found] = []
        let reader = try FolderReader(folder)
        while let bytes = reader.next(isHidden: true) {
            guard let name = PartialName(parsing: bytes),
                let status = try? FileCalls.status(bytes, in: folder.number), status.kind == .file
            else { continue }
            all.append(Found(name: name, status: status))
        }
        return all
    }
}
