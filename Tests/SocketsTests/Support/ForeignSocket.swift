import Glibc
import Testing

@testable import Sockets

/// The end of a Unix connection that this library knows nothing of: what a foreign peer does.
final class ForeignSocket: Sendable {
    let number: CInt
    /// The number of the other end, which is the test's to close.
    let ours: CInt

    /// A pair of blocking sockets.
    init(type: __socket_type = SOCK_STREAM) throws {
        var numbers: (CInt, CInt) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &numbers) {
            unsafe socketpair(
                AF_UNIX,
                CInt(type.rawValue) | O_CLOEXEC,
                0,
                $0.assumingMemoryBound(to: CInt.self).baseAddress
            )
        }
        try #require(result == 0)
        (ours, number) = numbers
    }

    deinit { close(number) }

    func send(_ bytes: [UInt8], passing descriptors: [CInt] = []) throws {
        // With one more, which is not sent: an empty array has no address.
        let count = unsafe (bytes + [0]).withUnsafeBytes { memory in
            unsafe System.send(
                number,
                memory.baseAddress.unsafelyUnwrapped,
                bytes.count,
                passing: descriptors
            )
        }
        try #require(count == bytes.count)
    }
}
