import Files
import Glibc
import Sessions

extension LedgerDestination {
    /// A folder that is there, or is made now: what is wrong with it is told before there is anything to
    /// lose.
    static func existing(_ path: BytePath) throws(Failure) -> Self {
        try Folder.make(path)
        return .folder(path)
    }
}

/// Folders of the command line.
enum Folder {
    /// Makes a folder and those above it where they are missing: mkdir(2).
    static func make(_ path: BytePath) throws(Failure) {
        var made = BytePath(path.bytes.first == UInt8(ascii: "/") ? [UInt8(ascii: "/")] : [])
        do throws(FileError) {
            for part in path.components {
                made = made.appending(BytePath(part))
                do throws(FileError) {
                    try FileCalls.makeFolder(made.bytes, in: AT_FDCWD)
                } catch {
                    guard error.errno == EEXIST else { throw error }
                }
            }
        } catch {
            let words = "make the folder \(path.printable)"
            throw Failure(SystemError(number: error.errno), words)
        }
        do throws(FileError) {
            let status = try FileCalls.status(path)
            guard status.kind == .directory else { throw FileError(errno: ENOTDIR) }
        } catch {
            let words = "open the folder \(path.printable)"
            throw Failure(SystemError(number: error.errno), words)
        }
    }
}
