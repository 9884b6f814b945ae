import Glibc
import Sockets

/// System calls that may block the thread, on descriptors that others share.
enum Blocking {
    /// Writes all bytes: write(2).
    ///
    /// Zero, or an errno.
    static func write(_ bytes: [UInt8], to descriptor: CInt) -> CInt {
        unsafe bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count, let base = bytes.baseAddress {
                let count = unsafe Glibc.write(descriptor, base + written, bytes.count - written)
                if count >= 0 {
                    written += count
                } else if errno == EAGAIN {
                    waitUntilReady(descriptor, POLLOUT)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }

    /// What comes next, empty at the end, or an errno: read(2).
    static func read(
        _ descriptor: CInt,
        atMost limit: Int
    ) -> Result<[UInt8], SystemError> {
        while true {
            var error: CInt = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { memory, count in
                let result = unsafe Glibc.read(descriptor, memory.baseAddress, limit)
                if result < 0 { error = errno }
                count = max(0, result)
            }
            switch error {
            case 0: return .success(bytes)
            case EINTR: break
            case EAGAIN: waitUntilReady(descriptor, POLLIN)
            default: return .failure(SystemError(number: error))
            }
        }
    }

    /// poll(2), for a descriptor that somebody else made non-blocking.
    private static func waitUntilReady(_ descriptor: CInt, _ events: CInt) {
        _ = isReady(descriptor, events, within: -1)
    }

    /// Whether a descriptor is ready within so many milliseconds; poll(2).
    static func isReady(_ descriptor: CInt, _ events: CInt, within milliseconds: CInt) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }
}

/// An errno.
struct SystemError: Error {
    let number: CInt

    /// What it means, and its name: "permission denied (EACCES)".
    var words: String { ErrorNumber.words(number) }
}

extension Failure {
    /// What a system call refused, in the words of the other errors.
    init(_ error: SystemError, _ operation: String) {
        self.init(.failed, "\(operation): \(error.words)")
    }
}
