internal import Glibc
internal import Synchronization

/// The one process that may write: a lock on a file beside the archive, which says who has it.
///
/// flock(2) ends with the process, however that ends; the file stays and means nothing by itself.
final class StoreLock: Sendable {
    /// Nil once it is given back.
    private let held: Mutex<Int32?>

    init(_ path: String) throws(ChatStoreError) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw StoreErrors.system(errno, path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            defer { close(descriptor) }
            guard number == EWOULDBLOCK else { throw StoreErrors.system(number, path) }
            let owner = Self.owner(descriptor).map { " (process \($0))" } ?? ""
            throw ChatStoreError(
                .inUse,
                "another process\(owner) has this chat's data: \(path) is locked"
            )
        }
        held = Mutex(descriptor)
        let words = Array("\(getpid())\n".utf8)
        // Only for people: a full disk is no reason not to begin.
        _ = ftruncate(descriptor, 0)
        unsafe words.withUnsafeBytes { buffer in
            _ = unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, 0)
        }
    }

    deinit { release() }

    /// Lets another process have it.
    func release() {
        let descriptor = held.withLock { held in
            defer { held = nil }
            return held
        }
        if let descriptor { close(descriptor) }
    }

    /// Who wrote its number into the file.
    private static func owner(_ descriptor: Int32) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
        }
        guard count > 0 else { return nil }
        let digits = buffer[..<count].prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
