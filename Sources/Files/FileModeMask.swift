internal import Glibc
internal import Sockets

/// The process's file mode creation mask: umask(2).
package enum FileModeMask {
    /// The bits that no new file of this process has, as they were when first asked for.
    ///
    /// From /proc/self/status: umask(2) tells them only by setting others, which a file that another thread
    /// makes at that moment would get. Where there is no such line, nobody else may have anything.
    package static let current: UInt32 = read() ?? 0o077

    private static func read() -> UInt32? {
        let path = Array("/proc/self/status".utf8)
        guard let file = try? FileCalls.open(path, in: AT_FDCWD, flags: O_RDONLY) else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        var span = bytes.mutableSpan
        var memory = unsafe span.mutableBytes
        guard let count = try? FileCalls.read(file.number, into: &memory, at: 0) else { return nil }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        let key = "Umask:\t"
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.flatMap { UInt32($0.dropFirst(key.count), radix: 8) }
    }
}
