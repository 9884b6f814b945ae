internal import Sockets

/// What the file system answered to a call about one file: its errno.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kernel's errno.
    public let errno: CInt

    /// What it means, and its name: `no such file or directory (ENOENT)`.
    public var description: String { ErrorNumber.words(errno) }

    /// The errno's name: `ENOENT`.
    package var name: String { ErrorNumber.name(errno) }

    package init(errno: CInt) { self.errno = errno }
}
