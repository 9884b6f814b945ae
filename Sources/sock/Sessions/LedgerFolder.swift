import Glibc
import Sessions

extension LedgerDestination {
    /// A folder that is there, or is made now: what is wrong with it is told before there is anything to
    /// lose.
    static func existing(_ path: String) throws(Failure) -> Self {
        try Folder.make(path)
        return .folder(path)
    }
}

/// Folders of the command line.
enum Folder {
    /// Makes a folder and those above it where they are missing: mkdir(2).
    static func make(_ path: String) throws(Failure) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part
            guard unsafe mkdir(made, 0o777) == 0 || errno == EEXIST else {
                throw Failure(SystemError(number: errno), "make the folder \(path.printable)")
            }
            made += "/"
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw Failure(SystemError(number: errno), "open the folder \(path.printable)")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(SystemError(number: ENOTDIR), "open the folder \(path.printable)")
        }
    }
}
