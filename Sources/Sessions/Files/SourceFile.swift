internal import Files
internal import Glibc

/// A file that is sent.
final class SourceFile: Sendable {
    let file: OpenFile
    /// When it was opened, in bytes.
    let size: UInt64
    let attributes: FileAttributes

    init(_ file: OpenFile) throws(FileError) {
        let status = try file.status()
        guard status.kind == .file else { throw FileError(errno: EISDIR) }
        self.file = file
        size = UInt64(max(0, status.size))
        attributes = FileAttributes(status)
    }

    /// A file of this machine's, wherever it is; links are followed, as for any program's user.
    convenience init(path: BytePath) throws(FileError) {
        try self.init(OpenFile(path: path))
    }

    /// Its next bytes; none at the end.
    func read(at offset: UInt64, limit: Int) throws(FileError) -> [UInt8] {
        let count = Int(min(UInt64(limit), size > offset ? size - offset : 0))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        var memory = unsafe span.mutableBytes
        let read = try file.read(into: &memory, at: Int(offset))
        if read < count { bytes.removeLast(count - read) }
        return bytes
    }
}
