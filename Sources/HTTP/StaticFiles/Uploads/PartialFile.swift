internal import Files
internal import Sockets

/// One unfinished upload, open and locked for as long as anybody has this.
final class PartialFile: Sendable {
    let name: PartialName
    /// The hidden folder in which it is.
    private let folder: Folder
    /// The folder of that.
    private let parent: Folder
    private let descriptor: Descriptor

    init(name: PartialName, folder: Folder, parent: Folder, descriptor: consuming Descriptor) {
        self.name = name
        self.folder = folder
        self.parent = parent
        self.descriptor = descriptor
    }

    var number: CInt { descriptor.number }

    /// Gives it a name outside of the hidden folder: rename(2).
    ///
    /// If it may not replace what has the name, and something has, that is EEXIST.
    func rename(to target: [UInt8], replaces: Bool) throws(FileError) {
        try FileCalls.rename(
            name.bytes,
            in: folder.number,
            to: target,
            in: parent.number,
            replaces: replaces
        )
        removeFolder()
    }

    /// Removes it.
    ///
    /// Nothing can be done if that fails: what lies there goes when it is old.
    func remove() {
        try? FileCalls.remove(name.bytes, in: folder.number)
        removeFolder()
    }

    /// Removes the hidden folder if it is empty, which the kernel looks at.
    private func removeFolder() {
        try? FileCalls.removeFolder(PartialUploads.folderName, in: parent.number)
    }
}
