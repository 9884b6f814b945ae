import Glibc
import Sockets

/// Our end of a pipe to or from a child, when its bytes have to be seen and cannot be spliced.
///
/// The end is made non-blocking, which the child does not notice: the two ends of a pipe are two
/// open files, and that flag belongs to one.
struct ChildPipe {
    private let descriptor: CInt
    private let loop: EventLoop

    /// Read at once: what a pipe holds unless it is made larger.
    static let chunkSize = 65_536

    init(_ descriptor: CInt, on loop: EventLoop) {
        self.descriptor = descriptor
        self.loop = loop
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// What comes next, nothing at the end: read(2).
    func read(atMost limit: Int = chunkSize) async throws -> [UInt8] {
        while true {
            var error: CInt = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) {
                let result = unsafe Glibc.read(descriptor, $0.baseAddress, limit)
                if result < 0 { error = errno }
                $1 = max(0, result)
            }
            switch error {
            case 0: return bytes
            case EINTR: break
            case EAGAIN: try await loop.wait(for: descriptor, .reading)
            default: throw Failure(SystemError(number: error), "read from the command")
            }
        }
    }

    /// Writes all bytes, or says that nobody reads them any more: write(2).
    func write(_ bytes: [UInt8]) async throws -> Bool {
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(
                    descriptor,
                    $0.baseAddress.unsafelyUnwrapped + written,
                    $0.count - written
                )
            }
            let error = result < 0 ? errno : 0
            switch error {
            case 0: written += result
            case EINTR: break
            case EAGAIN: try await loop.wait(for: descriptor, .writing)
            case EPIPE: return false
            default: throw Failure(SystemError(number: error), "write to the command")
            }
        }
        return true
    }
}
