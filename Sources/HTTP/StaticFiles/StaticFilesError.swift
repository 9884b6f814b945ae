public import Files

/// Why a folder cannot be served.
public struct StaticFilesError: Error, Sendable, CustomStringConvertible {
    /// The folder, as it was given.
    public let path: BytePath
    /// The kernel's errno.
    public let errno: CInt
    /// The name of it and what that means here.
    public let reason: String

    /// One line: `serve /srv/www: no such directory (ENOENT)`.
    public var description: String { "serve \(path.printable): \(reason)" }
}
