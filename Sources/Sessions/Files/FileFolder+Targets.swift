internal import Files
internal import Glibc

/// Where a received file or folder goes, and what is there already.
extension FileFolder {
    /// Looks whether a file may have a name, before any of it comes: ``place(_:_:named:)`` looks again.
    ///
    /// - Throws: `obstacle` if something else than a file has the name, or a part of it cannot be.
    func checkTarget(_ name: FileName) throws(IncomingFile.Problem) {
        guard !name.isTooLongForLinux else { throw .tooLongForLinux }
        let parent: Folder
        do throws(FileError) {
            let path = name.bytes.dropLast(name.last.count + 1)
            parent = try folder.folder(path.isEmpty ? [UInt8(ascii: ".")] : Array(path))
        } catch {
            // The folder will be made.
            if error.errno == ENOENT { return }
            throw .init(target: error)
        }
        _ = try existing(name.last, in: parent)
    }

    /// Makes a folder, and those above it.
    ///
    /// One that is there stays as it is.
    func makeFolder(
        _ name: FileName,
        _ attributes: FileAttributes
    ) throws(IncomingFile.Problem) {
        guard !name.isTooLongForLinux else { throw .tooLongForLinux }
        let parent = try parent(of: name)
        do throws(FileError) {
            try FileCalls.makeFolder(
                name.last,
                in: parent.number,
                permissions: attributes.permissionsOfNewFolder
            )
        } catch {
            guard error.errno == EEXIST else { throw .init(target: error) }
            do throws(FileError) {
                _ = try folder.folder(name.bytes)
            } catch {
                throw .init(target: error)
            }
        }
    }

    /// Gives an unfinished file that is whole its name and its attributes, in place of the file that has
    /// the name, which leaves it its owner, group and permissions.
    ///
    /// After a power failure the name means either the old bytes or all of the new. Waits for the disk.
    func place(
        _ part: [UInt8],
        _ file: OpenFile,
        named name: FileName,
        _ attributes: FileAttributes
    ) throws(IncomingFile.Problem) {
        let parent = try parent(of: name)
        let replaced = try existing(name.last, in: parent)
        do throws(FileError) {
            if let replaced {
                try replaced.handOver(to: file.number)
            } else {
                try FileCalls.setPermissions(file.number, attributes.permissionsOfNewFile)
            }
            if let modified = attributes.modified {
                try FileCalls.setModified(file.number, modified)
            }
            try FileCalls.synchronise(file.number)
            try FileCalls.rename(
                part,
                in: folder.number,
                to: name.last,
                in: parent.number,
                replaces: true
            )
            try FileCalls.synchronise(parent.number)
        } catch {
            throw .init(target: error)
        }
    }

    /// What has a name: a file, or nothing.
    ///
    /// Links, FIFOs and devices are somebody's for a reason: they are neither written through nor replaced.
    private func existing(
        _ name: [UInt8],
        in parent: Folder
    ) throws(IncomingFile.Problem) -> FileStatus? {
        let status: FileStatus
        do throws(FileError) {
            status = try FileCalls.status(name, in: parent.number)
        } catch {
            if error.errno == ENOENT { return nil }
            throw .init(target: error)
        }
        switch status.kind {
        case .file: return status
        case .directory: throw .obstacle("a folder of that name is there")
        case .symbolicLink: throw .obstacle("a link of that name is there")
        case .other: throw .obstacle("something of that name is there that is no file")
        }
    }

    /// The folder that a name is in, made if it is not there.
    private func parent(of name: FileName) throws(IncomingFile.Problem) -> Folder {
        do throws(FileError) {
            return try makeParent(of: name)
        } catch {
            throw .init(target: error)
        }
    }

    private func makeParent(of name: FileName) throws(FileError) -> Folder {
        var path: [UInt8] = []
        var parent = folder
        for segment in name.segments.dropLast() {
            path += path.isEmpty ? segment : [UInt8(ascii: "/")] + segment
            do throws(FileError) {
                try FileCalls.makeFolder(segment, in: parent.number)
            } catch {
                guard error.errno == EEXIST else { throw error }
                // From the top: beneath the folder, wherever links within it lead.
                parent = try folder.folder(path)
                continue
            }
            // Just made here: no link, and no need to walk a long path again for each part of it.
            parent = try parent.folder(segment, followsLinks: false)
        }
        return parent
    }
}

extension IncomingFile.Problem {
    static let tooLongForLinux = Self.obstacle(
        "a part of the name has more than \(FileName.segmentLimit) bytes"
    )

    /// What the way to a target is blocked by, in words where they say more than the error's own.
    init(target error: FileError) {
        switch error.errno {
        case ENOTDIR: self = .obstacle("something that is no folder is where a folder should be")
        case ENAMETOOLONG: self = .obstacle("the name is too long")
        case EISDIR: self = .obstacle("a folder of that name is there")
        case ELOOP, EXDEV: self = .obstacle("a link in the name leads elsewhere")
        default: self = .file(error)
        }
    }
}
