internal import CLinux
internal import Glibc
package import Sockets

/// An open folder, and what is beneath it: no path leads out.
package final class Folder: Sendable {
    private let descriptor: Descriptor

    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    package var number: CInt { descriptor.number }

    /// What can be read there: a file or a folder; opening a FIFO or device never waits.
    package func openForReading(
        _ path: [UInt8],
        followsLinks: Bool = true
    ) throws(FileError) -> OpenFile {
        OpenFile(try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, followsLinks: followsLinks))
    }

    /// A folder beneath this one, to be read; links are followed as far as they stay beneath, or not at
    /// all.
    package func folder(
        _ path: [UInt8],
        followsLinks: Bool = true
    ) throws(FileError) -> Folder {
        Folder(try open(path, O_RDONLY | O_NONBLOCK | O_DIRECTORY, followsLinks: followsLinks))
    }

    /// A file of this very folder, to be written: not through a link.
    ///
    /// One that is made has these permissions, of which umask(2) takes some away: by default those of any
    /// program's new files.
    package func openForWriting(
        _ name: [UInt8],
        flags: CInt,
        permissions: UInt32 = 0o666
    ) throws(FileError) -> Descriptor {
        try FileCalls.open(
            beneath: number,
            name,
            flags: O_RDWR | O_NONBLOCK | O_NOCTTY | flags,
            mode: flags & O_CREAT != 0 ? permissions : 0,
            followsLinks: false
        )
    }

    /// What is there, without opening it; links are followed as far as they stay beneath.
    package func status(_ path: [UInt8]) throws(FileError) -> FileStatus {
        let found = try open(path, clinux_o_path())
        return try FileCalls.status(found.number)
    }

    private func open(
        _ path: [UInt8],
        _ flags: CInt,
        followsLinks: Bool = true
    ) throws(FileError) -> Descriptor {
        try FileCalls.open(beneath: number, path, flags: flags, followsLinks: followsLinks)
    }
}

extension OpenFile {
    /// A file to be read, wherever links lead.
    ///
    /// For paths that the user of a program gives, not those of a peer. Opening a FIFO or device never
    /// waits.
    package convenience init(path: BytePath) throws(FileError) {
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY
        self.init(try FileCalls.open(path.bytes, in: AT_FDCWD, flags: flags))
    }
}
