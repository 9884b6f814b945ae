internal import CLinux
internal import Glibc

/// What the file system answered to a call about one file: its errno.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kernel's errno.
    public let errno: CInt

    /// The errno's name: `ENOENT`.
    public var description: String {
        guard let name = unsafe clinux_error_name(errno) else { return "errno \(errno)" }
        return unsafe String(cString: name)
    }

    package init(errno: CInt) { self.errno = errno }
}
