internal import Glibc
internal import Sockets

/// Everything beneath a folder, in the order of the names' bytes; links are told and not followed.
///
/// A folder that cannot be read, or has gone, is told like the rest, and ends nothing. What is not said
/// is left out of nothing: each name that readdir(3) gives leads to one ``Entry``.
package struct FolderWalk: Sequence, IteratorProtocol {
    /// What is there; paths are relative to the folder, empty for itself.
    package enum Entry: Sendable {
        case file(BytePath, FileStatus)
        /// Before what is in it.
        case folder(BytePath, FileStatus, isEmpty: Bool)
        /// A link, a socket, a FIFO, a device.
        case other(BytePath, FileStatus.Kind)
        case failed(BytePath, FileError)
    }

    private let root: Folder
    /// Folders to be read, the next one last.
    ///
    /// No recursion: how deep it goes is not ours to say.
    private var folders: [BytePath] = [BytePath([])]
    /// What was found in the last one, the next one last.
    private var found: [Entry] = []

    /// - Throws: if it is no folder, or there is none; one that cannot be read is an entry.
    package init(_ path: BytePath) throws(FileError) {
        root = Folder(try FileCalls.openRoot(path))
    }

    package mutating func next() -> Entry? {
        if let entry = found.popLast() { return entry }
        guard let path = folders.popLast() else { return nil }
        do throws(FileError) {
            let folder = try root.folder(
                path.bytes.isEmpty ? [UInt8(ascii: ".")] : path.bytes,
                followsLinks: false
            )
            let status = try FileCalls.status(folder.number)
            let names = try FolderReader.names(in: folder).sorted {
                $0.lexicographicallyPrecedes($1)
            }
            look(at: names, in: folder, path)
            return .folder(path, status, isEmpty: names.isEmpty)
        } catch {
            return .failed(path, error)
        }
    }

    private mutating func look(at names: [[UInt8]], in folder: Folder, _ path: BytePath) {
        var inner: [BytePath] = []
        for name in names {
            let path = path.appending(BytePath(name))
            do throws(FileError) {
                let status = try FileCalls.status(name, in: folder.number)
                switch status.kind {
                case .file: found.append(.file(path, status))
                case .directory: inner.append(path)
                case .symbolicLink, .other: found.append(.other(path, status.kind))
                }
            } catch {
                found.append(.failed(path, error))
            }
        }
        found.reverse()
        folders += inner.reversed()
    }
}
