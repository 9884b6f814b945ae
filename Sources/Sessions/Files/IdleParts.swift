internal import Files
internal import Glibc
internal import Sockets

/// The unfinished files in a folder that nobody in this process writes, as far as it knows.
///
/// It reads the folder once and then keeps count, because the folder may have any number of other files;
/// and again where it runs out of these, but not more than once a minute: another process may have left
/// some.
struct IdleParts {
    private var parts: [[UInt8]: FileStatus] = [:]
    private var readAt: ContinuousClock.Instant?

    /// Between two readings of the folder.
    ///
    /// Arbitrary: a folder of 300,000 files takes a tenth of a second.
    private static let pause = Duration.seconds(60)

    var count: Int { parts.count }
    /// The bytes in all of them.
    var size: UInt64 { parts.values.reduce(0) { $0 &+ UInt64(max(0, $1.size)) } }

    /// Reads the folder, unless it was read just now.
    mutating func read(_ folder: Folder, except open: (_ name: [UInt8]) -> Bool) {
        if let readAt, readAt + Self.pause > .now { return }
        readAt = .now
        parts = [:]
        guard let reader = try? FolderReader(folder) else { return }
        while let name = reader.next(isHidden: true) {
            // A folder, or a link, is not one of ours, whatever it is called.
            guard PartName.isPart(name), !open(name),
                let status = try? FileCalls.status(name, in: folder.number), status.kind == .file
            else { continue }
            parts[name] = status
        }
    }

    /// Somebody has left one unfinished.
    mutating func add(_ name: [UInt8], _ status: FileStatus) { parts[name] = status }

    /// One is being written again, or has gone.
    mutating func forget(_ name: [UInt8]) { parts[name] = nil }

    /// Removes the oldest from the disk; false when there is none.
    ///
    /// One that another process writes is locked, and stays.
    mutating func removeOldest(in folder: Folder) -> Bool {
        while let oldest = parts.min(by: { $0.value.modified < $1.value.modified }) {
            parts[oldest.key] = nil
            if Self.remove(oldest.key, in: folder) { return true }
        }
        return false
    }

    /// Removes an unfinished file that nobody writes.
    static func remove(_ name: [UInt8], in folder: Folder) -> Bool {
        guard let file = try? folder.openForWriting(name, flags: 0),
            let status = try? FileCalls.status(file.number), status.kind == .file,
            FileCalls.tryLock(file.number)
        else { return false }
        return (try? FileCalls.remove(name, in: folder.number)) != nil
    }
}
