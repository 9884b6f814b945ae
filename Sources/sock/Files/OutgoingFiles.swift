import Glibc
import Sockets

/// A file that is to go, and what it is called at the other end.
struct OutgoingFile: Equatable, Sendable {
    let path: String
    let name: String
    let size: Int
}

/// The files that the paths of a command line mean.
///
/// A folder goes under its own name with everything below it, in the order of names. Links that stand in
/// it are not followed, or one could lead to anywhere; one that a person named is.
struct OutgoingFiles {
    private(set) var files: [OutgoingFile] = []
    /// What stands in a folder and cannot go, and why.
    private(set) var skipped: [(path: String, reason: String)] = []

    /// - Throws: A failure for a path that is no file and no folder, and for two files of one name.
    init(_ paths: [String]) throws(Failure) {
        for path in paths { try add(path) }
        var paths: [String: String] = [:]
        for file in files {
            if let other = paths.updateValue(file.path, forKey: file.name) {
                let words = "\(other) and \(file.path) would both be \(file.name) there"
                throw Failure(.usage, words.printable)
            }
        }
    }

    private mutating func add(_ path: String) throws(Failure) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw Failure(SystemError(number: errno), "open \(path.printable)")
        }
        let name = Self.name(of: path)
        switch status.st_mode & S_IFMT {
        case S_IFREG: files.append(OutgoingFile(path: path, name: name, size: Int(status.st_size)))
        case S_IFDIR: try addFolder(path, name)
        default: throw Failure(.failed, "\(path.printable) is neither a file nor a folder")
        }
    }

    /// What stands for a path at the other end; nothing for a folder that has no name of its own.
    static func name(of path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        return last == "." || last == ".." ? "" : last
    }

    private mutating func addFolder(_ path: String, _ name: String) throws(Failure) {
        // Not by recursion: how deep it goes is not ours to say.
        var folders = [(path: path, name: name)]
        while let folder = folders.popLast() {
            var inner: [(path: String, name: String)] = []
            for entry in try Self.entries(of: folder.path) {
                let path =
                    folder.path.hasSuffix("/") ? folder.path + entry : "\(folder.path)/\(entry)"
                let name = folder.name.isEmpty ? entry : "\(folder.name)/\(entry)"
                var status = stat()
                guard unsafe lstat(path, &status) == 0 else {
                    skipped.append((path, "it cannot be opened, or its name is not UTF-8"))
                    continue
                }
                switch status.st_mode & S_IFMT {
                case S_IFREG:
                    files.append(OutgoingFile(path: path, name: name, size: Int(status.st_size)))
                case S_IFDIR: inner.append((path, name))
                case S_IFLNK: skipped.append((path, "links in folders are not followed"))
                default: skipped.append((path, "it is neither a file nor a folder"))
                }
            }
            folders += inner.reversed()
        }
    }

    /// readdir(3), in the order of names.
    private static func entries(of path: String) throws(Failure) -> [String] {
        guard let folder = unsafe opendir(path) else {
            throw Failure(SystemError(number: errno), "open \(path.printable)")
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
