import Glibc

@testable import Sockets

/// What inet_ntop and inet_pton make of IPv6 addresses, to compare with.
enum CLibrary {
    static func text(_ address: IPv6Address) -> String? {
        var bytes = (address.highBits.bigEndian, address.lowBits.bigEndian)
        let capacity = Int(INET6_ADDRSTRLEN)
        // Safe: 16 bytes are read from `bytes`, at most `capacity` written, ended by a NUL.
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            guard let start = buffer.baseAddress,
                let text = unsafe inet_ntop(AF_INET6, &bytes, start, socklen_t(capacity))
            else { return nil }
            return unsafe String(cString: text)
        }
    }

    static func address(_ text: String) -> IPv6Address? {
        var bytes: (UInt64, UInt64) = (0, 0)
        // Safe: inet_pton writes 16 bytes, which `bytes` has.
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        return IPv6Address(
            highBits: UInt64(bigEndian: bytes.0),
            lowBits: UInt64(bigEndian: bytes.1)
        )
    }
}
