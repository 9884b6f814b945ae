internal import Files
internal import Glibc
internal import HTTPTypes

extension StaticFiles {
    /// Links of a path's last name that are followed one after the other: 40, as the kernel does
    /// (path_resolution(7)).
    private static let linkLimit = 40

    /// Where a PUT of a path goes, and what HEAD says of an unfinished one: to the file that GET shows.
    ///
    /// So links are followed as GET follows them, and stay what they are; those that leave the root are
    /// refused. The folder must be there: nobody asked for it to be made.
    func destination(of path: RequestPath) throws(RefusedPath) -> UploadDestination {
        var place = path.relativePath
        for hop in 0..<Self.linkLimit {
            let name = Array(place.suffix(while: { $0 != UInt8(ascii: "/") }))
            guard !name.isEmpty, name != [UInt8(ascii: ".")], name != Array("..".utf8) else {
                throw .refused(.conflict, "there is something else of that name")
            }
            let parent = Array(place.dropLast(name.count))
            let folder = try folder(parent, isBehindLink: hop > 0)
            guard let target = try link(name, in: folder) else {
                return UploadDestination(
                    root: root,
                    path: path.relativePath,
                    folder: folder,
                    name: name
                )
            }
            // Who may only see what is beneath the root does not write elsewhere, nor remove the link.
            guard target.first != UInt8(ascii: "/") else { throw .refused(.forbidden) }
            place = parent + target
        }
        throw .refused(.forbidden)
    }

    /// Where a link leads; nil if the name is no link, or not there.
    private func link(_ name: [UInt8], in folder: Folder) throws(RefusedPath) -> [UInt8]? {
        do throws(FileError) {
            return try FileCalls.link(name, in: folder.number)
        } catch {
            if error.errno == EINVAL || error.errno == ENOENT { return nil }
            throw .refused(error.status == .notFound ? .forbidden : error.status)
        }
    }

    private func folder(_ path: [UInt8], isBehindLink: Bool) throws(RefusedPath) -> Folder {
        do throws(FileError) {
            return try root.folder(path.isEmpty ? [UInt8(ascii: ".")] : path)
        } catch {
            if isBehindLink, error.errno == EXDEV || error.errno == ELOOP {
                throw .refused(.forbidden)
            }
            throw error.status == .notFound
                ? .refused(.conflict, "there is no such folder") : .refused(error.status)
        }
    }
}
