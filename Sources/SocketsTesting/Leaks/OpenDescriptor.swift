internal import Glibc

/// An open file descriptor of this process, as /proc/self/fd shows it.
public struct OpenDescriptor: Sendable, Hashable, CustomStringConvertible {
    /// The number.
    public let number: Int32

    /// What it refers to: `socket:[1234]`, `anon_inode:[eventpoll]`, or a path.
    public let target: String

    /// What kind of socket it is, for a socket: `IPv4 stream, listening`.
    public let socketKind: String?

    /// The number and what it refers to.
    public var description: String {
        "\(number) → \(target)" + (socketKind.map { " (\($0))" } ?? "")
    }

    /// All open descriptors of this process, by number.
    ///
    /// Without the one this is read through.
    public static var all: [OpenDescriptor] {
        guard let directory = unsafe opendir("/proc/self/fd") else { return [] }
        defer { unsafe closedir(directory) }
        let own = unsafe dirfd(directory)
        var found: [OpenDescriptor] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let number = Int32(name), number != own else { continue }
            // Closed by somebody meanwhile: then it is not open.
            guard let target = linkTarget("/proc/self/fd/\(name)") else { continue }
            let kind = target.hasPrefix("socket:") ? socketKind(number) : nil
            found.append(OpenDescriptor(number: number, target: target, socketKind: kind))
        }
        return found.sorted { $0.number < $1.number }
    }

    /// readlink(2); longer targets are cut, which still tells them apart well enough.
    private static func linkTarget(_ path: String) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let count = unsafe readlink(path, base, buffer.count)
            guard count >= 0 else { return nil }
            let bytes = unsafe UnsafeRawBufferPointer(start: base, count: count)
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func socketKind(_ number: Int32) -> String {
        let family =
            switch option(number, SO_DOMAIN) {
            case AF_INET: "IPv4"
            case AF_INET6: "IPv6"
            case AF_UNIX: "Unix"
            default: "other family"
            }
        let type =
            switch option(number, SO_TYPE) {
            case 1: "stream"
            case 2: "datagram"
            default: "other type"
            }
        let isListening = option(number, SO_ACCEPTCONN) == 1
        return "\(family) \(type)" + (isListening ? ", listening" : "")
    }

    private static func option(_ number: Int32, _ name: CInt) -> CInt {
        var value: CInt = -1
        var size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe getsockopt(number, SOL_SOCKET, name, &value, &size)
        return value
    }
}
