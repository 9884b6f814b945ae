internal import Files
internal import Glibc
internal import Sockets

/// The unfinished uploads of one folder: files in a hidden folder of their own, each locked by the one
/// that is writing it.
///
/// What is in that folder is the server's alone, and nothing else is: so no file of anybody else is
/// taken for an upload, and to look for one never means to read all of a large folder. It is there only
/// while something is in it, and on the file system of the files, so that rename(2) can put them in
/// place.
///
/// The lock is flock(2)'s: it goes with the open file, so that of a process that was killed is gone
/// too, and another process that serves the same folder sees it.
struct PartialUploads {
    /// Where the files will be.
    let parent: Folder
    let limits: StaticFileOptions.UploadOptions

    /// What the hidden folder is called; it is never served.
    static let folderName = Array(".switchboard-uploads".utf8)

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
        for _ in 0..<Self.raceLimit {
            let folder: Folder?
            do throws(FileError) {
                if offset == 0 { try makeFolder() }
                folder = try self.folder()
            } catch {
                throw .file(error)
            }
            // It is removed when it is empty: at once, if another upload has just ended.
            guard let folder, let file = try lock(name, in: folder, creates: offset == 0) else {
                if offset == 0 { continue }
                throw .missing
            }
            let size: Int
            do throws(FileError) {
                size = try FileCalls.status(file.number).size
                if offset <= size { try FileCalls.truncate(file.number, to: offset) }
            } catch {
                throw .file(error)
            }
            guard offset <= size else { throw .short(size: size) }
            return PartialFile(name: name, folder: folder, parent: parent, descriptor: file)
        }
        throw .busy
    }

    /// The hidden folder, or nil if there is none; one behind a link is not ours.
    private func folder() throws(FileError) -> Folder? {
        do throws(FileError) {
            return Folder(
                try FileCalls.open(
                    beneath: parent.number,
                    Self.folderName,
                    flags: O_RDONLY | O_DIRECTORY | O_NONBLOCK,
                    followsLinks: false
                )
            )
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
    }

    private func makeFolder() throws(FileError) {
        do throws(FileError) {
            try FileCalls.makeFolder(Self.folderName, in: parent.number)
        } catch {
            guard error.errno == EEXIST else { throw error }
        }
    }

    /// Opens and locks one; nil if it is not there, or its folder is not.
    private func lock(
        _ name: PartialName,
        in folder: Folder,
        creates: Bool
    ) throws(Problem) -> Descriptor? {
        for _ in 0..<Self.raceLimit {
            let file: Descriptor
            do throws(FileError) {
                file = try folder.openForWriting(name.bytes, flags: creates ? O_CREAT : 0)
            } catch {
                if error.errno == ENOENT { return nil }
                throw .file(error)
            }
            guard FileCalls.tryLock(file.number) else { throw .busy }
            if try isStill(file, name, in: folder) { return file }
        }
        throw .busy
    }

    /// Whether the name still means the file that is open: the one who had the lock before may have
    /// renamed it to what it is an upload of.
    private func isStill(
        _ file: borrowing Descriptor,
        _ name: PartialName,
        in folder: Folder
    ) throws(Problem) -> Bool {
        do throws(FileError) {
            let mine = try FileCalls.status(file.number)
            // A device or FIFO that somebody put there is not written to.
            guard mine.kind == .file else { throw FileError(errno: EINVAL) }
            let there = try FileCalls.status(name.bytes, in: folder.number)
            return mine.isSameFile(as: there)
        } catch {
            if error.errno == ENOENT { return false }
            throw .file(error)
        }
    }

    /// The resumable upload of a file, the latest if there are several.
    func latest(of target: [UInt8]) throws(FileError) -> Found? {
        guard let folder = try folder() else { return nil }
        return try all(in: folder) { name in
            if case .resumable = name.identity { return name.target == target }
            return false
        }.max { $0.status.modified < $1.status.modified }
    }

    /// Makes room: removes what is older than the limit, what a new upload of the same file takes
    /// the place of, and the oldest beyond the limit on their count.
    ///
    /// What is being written stays.
    func sweep(beginning name: PartialName, replacesOthers: Bool, now: HTTPDate) throws(FileError) {
        guard let folder = try folder() else { return }
        var kept: [Found] = []
        for found in try all(in: folder, where: { $0 != name }) {
            let age = now.secondsSinceEpoch - max(0, found.status.modified.seconds)
            let isReplaced = replacesOthers && found.name.target == name.target
            if age > limits.partialAgeLimit || isReplaced {
                remove(found.name, in: folder)
            } else {
                kept.append(found)
            }
        }
        let excess = kept.count - max(0, limits.partialCountLimit - 1)
        guard excess > 0 else { return }
        kept.sort { $0.status.modified < $1.status.modified }
        for found in kept.prefix(excess) { remove(found.name, in: folder) }
    }

    /// Removes one, unless it is being written.
    private func remove(_ name: PartialName, in folder: Folder) {
        // Held until it is gone, so that nobody begins to write what is about to go.
        guard let file = try? lock(name, in: folder, creates: false) else { return }
        try? FileCalls.remove(name.bytes, in: folder.number)
        FileCalls.unlock(file.number)
    }

    /// Those of a name that is wanted.
    private func all(
        in folder: Folder,
        where isWanted: (PartialName) -> Bool
    ) throws(FileError) -> [Found] {
        var all: [Found] = []
        let reader = try FolderReader(folder)
        while let bytes = reader.next() {
            guard let name = PartialName(parsing: bytes), isWanted(name),
                let status = try? FileCalls.status(bytes, in: folder.number), status.kind == .file
            else { continue }
            all.append(Found(name: name, status: status))
        }
        return all
    }
}
