internal import Files
internal import Glibc
internal import Sockets

/// The file that a download fills, beside the one it will become: see ``PartName``.
///
/// Locked (flock(2)) as long as this is there: of two downloads to one name the second is refused. Writes
/// may wait for the disk.
///
/// Rule 1. What another program made is neither written nor removed: a part is ours if its record says so.
/// Rule 2. What the download replaces is a regular file, whose owner, group and mode the new one takes over.
final class DownloadFile: Sendable {
    private let place: WriteTarget.Place
    private let name: PartName
    private let part: OpenFile

    private var folder: Folder { place.folder }

    /// The longest record that is read, in bytes: a URL and a tag of the longest head.
    private static let recordSizeLimit = 65_536

    /// How often the part is opened anew because what was locked had just been finished by another.
    private static let raceLimit = 8

    /// Opens what is there and ours, or creates it; EBUSY if another download has it, EEXIST if all names
    /// are others'.
    init(_ place: WriteTarget.Place) throws(FileError) {
        self.place = place
        for name in PartName.candidates(for: place.name) {
            guard let part = try Self.claim(name, at: place) else { continue }
            self.part = part
            self.name = name
            return
        }
        throw FileError(errno: EEXIST)
    }

    /// The part's path, for people.
    var path: BytePath { BytePath(place.folderPath + name.part) }

    // MARK: Whose it is

    /// The part, locked; nil if what has its name is not ours.
    private static func claim(
        _ name: PartName,
        at place: WriteTarget.Place
    ) throws(FileError) -> OpenFile? {
        for _ in 0..<raceLimit {
            let info = infoOwner(name, in: place.folder)
            guard info != .another else { return nil }
            let (found, isNew) = try open(name, at: place)
            guard let part = found else { return nil }
            guard FileCalls.tryLock(part.number) else { break }
            let mine = try FileCalls.status(part.number)
            guard mine.kind == .file else { return nil }
            // Whoever had the lock before may have given the file its name meanwhile.
            guard let there = try? FileCalls.status(name.part, in: place.folder.number),
                there.inode == mine.inode, there.device == mine.device
            else { continue }
            if isNew {
                try write(nil, to: name, in: place.folder)
            } else if info == .nobody {
                return nil
            }
            return part
        }
        throw FileError(errno: EBUSY)
    }

    /// Makes the part, or opens the one that is there; nil for what cannot be one.
    private static func open(
        _ name: PartName,
        at place: WriteTarget.Place
    ) throws(FileError) -> (part: OpenFile?, isNew: Bool) {
        do throws(FileError) {
            // Nobody reads a part who may not read what it replaces.
            let permissions: UInt32 = place.existing == nil ? 0o666 : 0o600
            let flags = O_CREAT | O_EXCL
            let part = try place.folder.openForWriting(
                name.part,
                flags: flags,
                permissions: permissions
            )
            return (OpenFile(part), true)
        } catch {
            guard error.errno == EEXIST else { throw error }
        }
        do throws(FileError) {
            return (OpenFile(try place.folder.openForWriting(name.part, flags: 0)), false)
        } catch {
            return (nil, false)
        }
    }

    private enum Owner { case nobody, us, another }

    /// Whose a record is: that of another program is not written over.
    private static func infoOwner(_ name: PartName, in folder: Folder) -> Owner {
        do throws(FileError) {
            let bytes = try contents(of: name.info, in: folder)
            // An empty one is ours if the machine stopped at the wrong moment; nothing is lost with it.
            return bytes.isEmpty || DownloadRecord.isOne(bytes) ? .us : .another
        } catch {
            return error.errno == ENOENT ? .nobody : .another
        }
    }

    // MARK: The bytes

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
        guard let bytes = try? Self.contents(of: name.info, in: folder) else { return nil }
        return DownloadRecord(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// Notes what the part is a part of; nil if nothing could tell that of what comes later.
    func set(_ record: DownloadRecord?) throws(FileError) {
        try Self.write(record, to: name, in: folder)
    }

    private static func write(
        _ record: DownloadRecord?,
        to name: PartName,
        in folder: Folder
    ) throws(FileError) {
        let file = try folder.openForWriting(name.info, flags: O_CREAT | O_TRUNC)
        let text = Array((record?.text ?? DownloadRecord.claim).utf8)
        try unsafe FileCalls.write(file.number, text.span.bytes, at: 0)
    }

    private static func contents(
        of name: [UInt8],
        in folder: Folder
    ) throws(FileError) -> [UInt8] {
        let file = try folder.openForReading(name)
        let status = try file.status()
        guard status.kind == .file, status.size <= recordSizeLimit else {
            throw FileError(errno: EFBIG)
        }
        var bytes = [UInt8](repeating: 0, count: status.size)
        guard status.size > 0 else { return bytes }
        var span = bytes.mutableSpan
        var memory = unsafe span.mutableBytes
        // A record is a page or less: one that comes in pieces is none.
        guard try file.read(into: &memory, at: 0) == status.size else {
            throw FileError(errno: EIO)
        }
        return bytes
    }

    // MARK: The end

    /// Gives the file its name, in place of what has it: after a power failure the name means either
    /// the old bytes or all of the new.
    ///
    /// EEXIST if what has the name is no file any more.
    func finish() throws(FileError) {
        if let old = try current() {
            guard old.kind == .file else { throw FileError(errno: EEXIST) }
            try old.handOver(to: part.number)
        }
        try FileCalls.synchronise(part.number)
        try FileCalls.rename(name.part, to: place.name, in: folder.number, replaces: true)
        try? FileCalls.remove(name.info, in: folder.number)
        try FileCalls.synchronise(folder.number)
    }

    /// What has the name now.
    private func current() throws(FileError) -> FileStatus? {
        do throws(FileError) {
            return try FileCalls.status(place.name, in: folder.number)
        } catch {
            guard error.errno == ENOENT else { throw error }
            return nil
        }
    }

    /// Removes a part of no use: nothing in it could be continued.
    func discard() {
        try? FileCalls.remove(name.part, in: folder.number)
        try? FileCalls.remove(name.info, in: folder.number)
    }
}
