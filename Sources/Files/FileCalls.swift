internal import CLinux
internal import Glibc
package import Sockets

/// The system calls on files: here alone is their errno read, and EINTR retried.
package enum FileCalls {
    /// How often openat2(2) is asked again when a rename elsewhere made `..` in a link unsafe
    /// (EAGAIN).
    ///
    /// Arbitrary: one is nearly always enough.
    private static let raceLimit = 8

    /// openat2(2) with RESOLVE_BENEATH: a descriptor of what is under the folder, or an error.
    ///
    /// Close-on-exec. No call waits for a FIFO's other end or for a device (O_NONBLOCK).
    package static func open(
        beneath folder: CInt,
        _ path: [UInt8],
        flags: CInt,
        mode: UInt32 = 0,
        followsLinks: Bool = true
    ) throws(FileError) -> Descriptor {
        let flags = flags | O_CLOEXEC
        for _ in 1..<raceLimit {
            do throws(FileError) {
                return try openOnce(folder, path, flags, mode, followsLinks)
            } catch {
                guard error.errno == EAGAIN else { throw error }
            }
        }
        return try openOnce(folder, path, flags, mode, followsLinks)
    }

    private static func openOnce(
        _ folder: CInt,
        _ path: [UInt8],
        _ flags: CInt,
        _ mode: UInt32,
        _ followsLinks: Bool
    ) throws(FileError) -> Descriptor {
        let number = unsafe try withPath(path) { path in
            unsafe clinux_open_beneath(folder, path, flags, mode, followsLinks ? 1 : 0)
        }
        return Descriptor(number)
    }

    /// openat(2), wherever links lead.
    package static func open(
        _ name: [UInt8],
        in folder: CInt,
        flags: CInt
    ) throws(FileError) -> Descriptor {
        // The kernel would open what is before a NUL.
        guard !name.contains(0) else { throw FileError(errno: EINVAL) }
        let number = unsafe try withPath(name) { unsafe openat(folder, $0, flags | O_CLOEXEC) }
        return Descriptor(number)
    }

    /// open(2) with O_PATH, of a folder.
    package static func openRoot(_ path: String) throws(FileError) -> Descriptor {
        try openRoot(BytePath(path))
    }

    /// The same of a path that need not be UTF-8.
    package static func openRoot(_ path: BytePath) throws(FileError) -> Descriptor {
        try open(path.bytes, in: AT_FDCWD, flags: clinux_o_path() | O_DIRECTORY)
    }

    /// stat(2): what a path means, links followed.
    package static func status(_ path: BytePath) throws(FileError) -> FileStatus {
        let found = try open(path.bytes, in: AT_FDCWD, flags: clinux_o_path())
        return try status(found.number)
    }

    /// fstat(2).
    package static func status(_ descriptor: CInt) throws(FileError) -> FileStatus {
        var status = stat()
        try checked { unsafe fstat(descriptor, &status) }
        return FileStatus(status)
    }

    /// fstatat(2) of a name in a folder; a link is not followed.
    package static func status(_ name: [UInt8], in folder: CInt) throws(FileError) -> FileStatus {
        var status = stat()
        unsafe try withPath(name) { unsafe fstatat(folder, $0, &status, AT_SYMLINK_NOFOLLOW) }
        return FileStatus(status)
    }

    /// pread(2): at least one byte, or zero at the end.
    package static func read(
        _ descriptor: CInt,
        into memory: inout MutableRawSpan,
        at offset: Int
    ) throws(FileError) -> Int {
        while true {
            let count = unsafe memory.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, $0.count, offset)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw FileError(errno: errno) }
        }
    }

    /// pwrite(2), of all of it.
    package static func write(
        _ descriptor: CInt,
        _ bytes: borrowing RawSpan,
        at offset: Int
    ) throws(FileError) {
        var done = 0
        while done < bytes.byteCount {
            let count = unsafe bytes.withUnsafeBytes { memory in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: memory[done...])
                return unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + done)
            }
            if count < 0, errno != EINTR { throw FileError(errno: errno) }
            done += max(count, 0)
        }
    }

    /// ftruncate(2).
    package static func truncate(_ descriptor: CInt, to size: Int) throws(FileError) {
        try checked { ftruncate(descriptor, size) }
    }

    /// fsync(2).
    package static func synchronise(_ descriptor: CInt) throws(FileError) {
        try checked { fsync(descriptor) }
    }

    /// futimens(2): when its bytes are said to have been changed.
    package static func setModified(
        _ descriptor: CInt,
        _ time: FileStatus.Time
    ) throws(FileError) {
        // UTIME_OMIT, which the importer drops: it is a cast.
        let omitted = timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2)
        let times = [
            omitted, timespec(tv_sec: time.seconds, tv_nsec: Int(time.nanoseconds)),
        ]
        try checked { unsafe futimens(descriptor, times) }
    }

    /// fstatvfs(3): the bytes that the file system has left for anybody but root.
    package static func freeSize(_ descriptor: CInt) throws(FileError) -> UInt64 {
        var status = statvfs()
        try checked { unsafe fstatvfs(descriptor, &status) }
        let (size, isTooLarge) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooLarge ? .max : size
    }

    /// fchmod(2).
    package static func setPermissions(_ descriptor: CInt, _ permissions: UInt32) throws(FileError)
    {
        try checked { fchmod(descriptor, permissions) }
    }

    /// fchown(2): whether the file has this owner and group now.
    package static func setOwner(_ descriptor: CInt, _ owner: UInt32, _ group: UInt32) -> Bool {
        (try? checked { fchown(descriptor, owner, group) }) != nil
    }

    /// faccessat(2): EACCES, or EROFS, unless the process may write what has the name.
    package static func checkMayWrite(_ name: [UInt8], in folder: CInt) throws(FileError) {
        unsafe try withPath(name) { unsafe faccessat(folder, $0, W_OK, AT_EACCESS) }
    }

    /// readlinkat(2): where a link leads.
    package static func link(_ name: [UInt8], in folder: CInt) throws(FileError) -> [UInt8] {
        // One byte more than a path can have, so that none is cut.
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX) + 1)
        var count = 0
        unsafe try withPath(name) { path in
            count = unsafe target.withUnsafeMutableBytes { memory in
                let start = unsafe memory.baseAddress.unsafelyUnwrapped
                return unsafe readlinkat(
                    folder,
                    path,
                    start.assumingMemoryBound(to: CChar.self),
                    memory.count
                )
            }
            return count < 0 ? -1 : 0
        }
        return Array(target[..<count])
    }

    /// flock(2): whether this open file has the lock now; it never waits.
    package static func tryLock(_ descriptor: CInt) -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// flock(2), LOCK_UN.
    package static func unlock(_ descriptor: CInt) { _ = flock(descriptor, LOCK_UN) }

    /// unlinkat(2).
    package static func remove(_ name: [UInt8], in folder: CInt) throws(FileError) {
        unsafe try withPath(name) { unsafe unlinkat(folder, $0, 0) }
    }

    /// unlinkat(2) with AT_REMOVEDIR, of an empty folder.
    package static func removeFolder(_ name: [UInt8], in folder: CInt) throws(FileError) {
        unsafe try withPath(name) { unsafe unlinkat(folder, $0, AT_REMOVEDIR) }
    }

    /// mkdirat(2), with these permissions, of which umask(2) takes some away.
    package static func makeFolder(
        _ name: [UInt8],
        in folder: CInt,
        permissions: UInt32 = 0o777
    ) throws(FileError) {
        unsafe try withPath(name) { unsafe mkdirat(folder, $0, permissions) }
    }

    /// renameat(2) within a folder, in place of what has the name; or, if nothing may have it,
    /// renameat2(2) with RENAME_NOREPLACE.
    package static func rename(
        _ name: [UInt8],
        to other: [UInt8],
        in folder: CInt,
        replaces: Bool
    ) throws(FileError) {
        try rename(name, in: folder, to: other, in: folder, replaces: replaces)
    }

    /// The same from one folder to another of the same file system.
    package static func rename(
        _ name: [UInt8],
        in folder: CInt,
        to other: [UInt8],
        in target: CInt,
        replaces: Bool
    ) throws(FileError) {
        let other = other + [0]
        unsafe try withPath(name) { from in
            unsafe other.withUnsafeBytes { bytes in
                let to = unsafe bytes.baseAddress.unsafelyUnwrapped
                    .assumingMemoryBound(to: CChar.self)
                return unsafe replaces
                    ? renameat(folder, from, target, to)
                    : clinux_rename_new(folder, from, target, to)
            }
        }
    }

    /// The wall clock, to the second, as the kernel stamps files with it, since 1970.
    package static var secondsSinceEpoch: Int { time(nil) }

    /// Calls with a path that ends in NUL; it has none within, which paths of requests and readdir(3)
    /// promise, and what a caller gives is cut there by the kernel.
    @discardableResult
    private static func withPath(
        _ path: [UInt8],
        _ call: (UnsafePointer<CChar>) -> CInt
    ) throws(FileError) -> CInt {
        let path = path + [0]
        return try checked {
            unsafe path.withUnsafeBytes { bytes in
                let start = unsafe bytes.baseAddress.unsafelyUnwrapped
                return unsafe call(start.assumingMemoryBound(to: CChar.self))
            }
        }
    }

    @discardableResult
    private static func checked(_ call: () -> CInt) throws(FileError) -> CInt {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw FileError(errno: errno) }
        }
    }
}

extension FileStatus {
    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        permissions = status.st_mode & 0o777
        owner = status.st_uid
        group = status.st_gid
        modified = Time(
            seconds: status.st_mtim.tv_sec,
            nanoseconds: UInt32(status.st_mtim.tv_nsec)
        )
        changed = Time(
            seconds: status.st_ctim.tv_sec,
            nanoseconds: UInt32(status.st_ctim.tv_nsec)
        )
    }
}
