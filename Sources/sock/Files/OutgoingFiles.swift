import Files
import Glibc
import Sessions

/// A file that is to go, and what it is called at the other end.
struct OutgoingFile: Equatable, Sendable {
    /// The folder that was named, in which it is; nil for a file that was named itself.
    var root: BytePath?
    /// From there on.
    let path: BytePath
    let name: BytePath
    let size: Int

    /// The path to be told.
    var fullPath: BytePath { root.map { $0.appending(path) } ?? path }

    /// Opens it, beneath the folder that was named.
    ///
    /// So no link that somebody has put there since leads elsewhere, and the whole path need not be one that
    /// the kernel takes at once.
    func open() throws(FileError) -> OpenFile {
        guard let root else { return try OpenFile(path: path) }
        let folder = Files.Folder(try FileCalls.openRoot(root))
        return try folder.openForReading(path.bytes, followsLinks: false)
    }
}

/// A folder that is to be there before what is in it, with its permissions.
struct OutgoingFolder: Equatable, Sendable {
    let name: BytePath
    let permissions: UInt32
    let isEmpty: Bool
    /// How many folders it is in.
    let depth: Int

    init(name: BytePath, permissions: UInt32, isEmpty: Bool) {
        self.name = name
        self.permissions = permissions
        self.isEmpty = isEmpty
        depth = name.components.count - 1
    }
}

/// The files and folders that the paths of a command line mean.
///
/// A folder goes under its own name with everything below it, in the order of names. Links that stand in
/// it are not followed, or one could lead to anywhere; one that a person named is.
struct OutgoingFiles {
    private(set) var files: [OutgoingFile] = []
    private(set) var folders: [OutgoingFolder] = []
    /// What stands in a folder and cannot go, and why.
    private(set) var skipped: [(path: BytePath, reason: String)] = []

    /// - Throws: A failure for a path that is no file and no folder, and for two files of one name.
    init(_ paths: [BytePath]) throws(Failure) {
        for path in paths { try add(path) }
        var paths: [BytePath: BytePath] = [:]
        for file in files {
            if let other = paths.updateValue(file.fullPath, forKey: file.name) {
                let words =
                    "\(other.printable) and \(file.fullPath.printable)"
                    + " would both be \(file.name.printable) there"
                throw Failure(.usage, words)
            }
        }
    }

    private mutating func add(_ path: BytePath) throws(Failure) {
        let name = Self.name(of: path)
        do throws(FileError) {
            let status = try FileCalls.status(path)
            switch status.kind {
            case .file: files.append(OutgoingFile(path: path, name: name, size: status.size))
            case .directory: try addFolder(path, name)
            case .symbolicLink, .other:
                skipped.append((path, "it is neither a file nor a folder"))
            }
        } catch {
            throw Failure(SystemError(number: error.errno), "open \(path.printable)")
        }
    }

    /// What stands for a path at the other end; nothing for a folder that has no name of its own.
    static func name(of path: BytePath) -> BytePath {
        let dot = UInt8(ascii: ".")
        let last = path.components.last ?? []
        return BytePath(last == [dot] || last == [dot, dot] ? [] : last)
    }

    private mutating func addFolder(_ root: BytePath, _ name: BytePath) throws(FileError) {
        for entry in try FolderWalk(root) {
            switch entry {
            case .file(let path, let status):
                let name = name.appending(path)
                files.append(OutgoingFile(root: root, path: path, name: name, size: status.size))
            case .folder(let path, let status, let isEmpty):
                let name = name.appending(path)
                guard !name.bytes.isEmpty else { continue }
                folders.append(
                    OutgoingFolder(
                        name: name,
                        permissions: status.permissions,
                        isEmpty: isEmpty
                    )
                )
            case .other(let path, .symbolicLink):
                skip(root, path, "links in folders are not followed")
            case .other(let path, _): skip(root, path, "it is neither a file nor a folder")
            case .failed(let path, let error):
                skip(root, path, SystemError(number: error.errno).words)
            }
        }
    }

    private mutating func skip(_ root: BytePath, _ path: BytePath, _ reason: String) {
        skipped.append((root.appending(path), reason))
    }
}
