internal import CLinux
internal import Glibc
internal import Sockets

/// What a path that is about to be written names, and so how it is to be written.
///
/// A program that gathers a file beside its name and renames it must not do so over everything: a device,
/// a FIFO or a link would be gone, and what was written would be where nobody looks for it. So this
/// looks first, without opening anything: a device may do something when it is opened.
package enum WriteTarget: Sendable {
    /// A regular file, or nothing so far: gathered beside the name, and renamed to it.
    case file(Place)

    /// A device, a FIFO, a socket, or a descriptor (`/dev/fd/3`): opened and written, and nothing else.
    case stream(Stream)

    /// A name in a folder, all links followed.
    package struct Place: Sendable {
        /// Opened for reading, so that it can be synchronised.
        package let folder: Folder
        package let name: [UInt8]
        /// A path of the folder that a person can use, with a slash at its end; empty for the current one.
        package let folderPath: [UInt8]
        /// What has the name now: a regular file, which may be written; nil if nothing has it.
        package let existing: FileStatus?
    }

    /// What is written as it is.
    package struct Stream: Sendable {
        fileprivate let folder: Folder
        fileprivate let name: [UInt8]
        /// Whether it stands for a descriptor, which may be one of a regular file.
        fileprivate let isDescriptor: Bool

        /// open(2) for writing; waits for the reader of a FIFO.
        package func open() throws(FileError) -> OpenFile {
            // Whoever opened the descriptor's file first has written there, and may write on.
            let flags = O_WRONLY | O_NOCTTY | (isDescriptor ? O_APPEND : 0)
            return OpenFile(try FileCalls.open(name, in: folder.number, flags: flags))
        }
    }

    /// The most links that are followed: MAXSYMLINKS of the kernel.
    private static let linkLimit = 40

    /// Looks at what a path names; EISDIR for a folder, EACCES for a file that may not be written.
    package init(_ path: [UInt8]) throws(FileError) {
        var folder = Folder(try FileCalls.openRoot("."))
        var path = path
        var folderPath: [UInt8] = []
        for _ in 0...Self.linkLimit {
            let name = try Self.step(to: path, from: &folder, &folderPath)
            let status: FileStatus
            do throws(FileError) {
                status = try FileCalls.status(name, in: folder.number)
            } catch {
                guard error.errno == ENOENT else { throw error }
                self = .file(try Self.place(name, nil, in: folder, folderPath))
                return
            }
            switch status.kind {
            case .file:
                self = .file(try Self.place(name, status, in: folder, folderPath))
                return
            case .directory: throw FileError(errno: EISDIR)
            case .other:
                self = .stream(Stream(folder: folder, name: name, isDescriptor: false))
                return
            case .symbolicLink:
                // Where such a link leads is no path: `pipe:[4711]`.
                if try Self.isOfProcesses(folder) {
                    self = .stream(Stream(folder: folder, name: name, isDescriptor: true))
                    return
                }
                path = try FileCalls.link(name, in: folder.number)
            }
        }
        throw FileError(errno: ELOOP)
    }

    /// Enters the folder of a path; the name in it.
    private static func step(
        to path: [UInt8],
        from folder: inout Folder,
        _ folderPath: inout [UInt8]
    ) throws(FileError) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        guard !path.isEmpty else { throw FileError(errno: ENOENT) }
        var name = path[...]
        if let last = path.lastIndex(of: slash) {
            let parent = last == 0 ? [slash] : Array(path[..<last])
            folder = Folder(
                try FileCalls.open(
                    parent,
                    in: folder.number,
                    flags: clinux_o_path() | O_DIRECTORY
                )
            )
            name = path[(last + 1)...]
            folderPath = (path.first == slash ? [] : folderPath) + path[...last]
        }
        guard !name.isEmpty, !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else {
            throw FileError(errno: EISDIR)
        }
        guard !name.contains(0) else { throw FileError(errno: EINVAL) }
        return Array(name)
    }

    private static func place(
        _ name: [UInt8],
        _ existing: FileStatus?,
        in folder: Folder,
        _ folderPath: [UInt8]
    ) throws(FileError) -> Place {
        // A rename asks nobody whether the file may be written.
        if existing != nil { try FileCalls.checkMayWrite(name, in: folder.number) }
        // What is opened with O_PATH cannot be synchronised.
        let folder = try folder.folder([UInt8(ascii: ".")])
        return Place(folder: folder, name: name, folderPath: folderPath, existing: existing)
    }

    /// Whether the folder is one of proc(5), whose links are more than paths.
    private static func isOfProcesses(_ folder: Folder) throws(FileError) -> Bool {
        guard let root = try? FileCalls.openRoot("/proc"),
            let processes = try? FileCalls.status(root.number)
        else { return false }
        return try FileCalls.status(folder.number).device == processes.device
    }
}

extension FileStatus {
    /// Gives a file that takes the place of this one its owner, group and permissions, as far as the
    /// kernel lets us.
    ///
    /// What was for a group that the file cannot have is taken away, but for what everybody may: another
    /// group must not read what was never meant for it.
    package func handOver(to descriptor: CInt) throws(FileError) {
        let new = try FileCalls.status(descriptor)
        var permissions = permissions
        if new.owner != owner || new.group != group,
            !FileCalls.setOwner(descriptor, owner, group), new.group != group,
            !FileCalls.setOwner(descriptor, new.owner, group)
        {
            permissions = permissions & ~0o070 | (permissions & 0o007) << 3
        }
        try FileCalls.setPermissions(descriptor, permissions)
    }
}
