public import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// A folder that files are sent from and received into, and nothing outside of it.
///
/// Each name is resolved by openat2(2) beneath the folder: neither `..` nor a link leads out, whatever
/// the other end calls its files. Unfinished files are hidden in it, `.switchboard-….part`, readable by
/// their owner only.
///
/// Copies of one value know of each other's transfers: of two that bring the same file the newer goes on
/// where the older was, which gets `superseded`. With two values for a folder, or two processes, the
/// newer gets `overloaded`.
///
/// ```swift
/// let inbox = try FileFolder("/srv/inbox")
/// handlers.files(inbox)
/// ```
public struct FileFolder: Sendable {
    let folder: Folder
    /// Unfinished files, of all sessions that share this value.
    let parts = PartFiles()

    /// Unfinished files in the folder, those that are just coming included.
    ///
    /// For one more the oldest that nobody writes goes, or else one whose sender has been silent for ten
    /// seconds; if there is none, the new one is refused with `overloaded`. 256, arbitrary: 32 `sock send`
    /// at once.
    public var partLimit = 256

    /// Opens a folder that is there.
    ///
    /// - Throws: ``SessionError`` of kind `storage`.
    public init(_ path: String) throws(SessionError) { try self.init(BytePath(path)) }

    /// Opens a folder that is there, whose path need not be UTF-8.
    ///
    /// - Throws: ``SessionError`` of kind `storage`.
    public init(_ path: BytePath) throws(SessionError) {
        do throws(FileError) {
            // Opened for reading, because what is opened with O_PATH cannot be synchronised.
            folder = try Folder(try FileCalls.openRoot(path)).folder([UInt8(ascii: ".")])
        } catch {
            throw SessionError(.storage, .failed, "\(path): \(error)")
        }
    }

    /// A file to be read.
    func open(_ name: FileName) throws(FileError) -> SourceFile {
        try SourceFile(folder.openForReading(name.bytes))
    }
}
