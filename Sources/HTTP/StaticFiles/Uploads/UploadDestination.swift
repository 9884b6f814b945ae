internal import Files
internal import Glibc
internal import HTTPTypes

/// Where an upload goes: a name in a folder, both resolved before the body comes.
struct UploadDestination: Sendable {
    let root: Folder
    /// From the root, as it would be served.
    let path: [UInt8]
    /// Where what is served lies: that of the target, if the path is of a link.
    let folder: Folder
    let name: [UInt8]

    /// What is there now and would be replaced, or nil if nothing is.
    private func current() throws(FileError) -> FileStatus? {
        try Self.unlessMissing { () throws(FileError) in
            try FileCalls.status(name, in: folder.number)
        }
    }

    /// What GET shows now, or nil if nothing is there.
    private func shown() throws(FileError) -> FileStatus? {
        try Self.unlessMissing { () throws(FileError) in try root.status(path) }
    }

    private static func unlessMissing(
        _ look: () throws(FileError) -> FileStatus
    ) throws(FileError) -> FileStatus? {
        do throws(FileError) {
            return try look()
        } catch {
            guard error.errno == ENOENT else { throw error }
            return nil
        }
    }

    /// Why the request may not store here, or nil if it may: before the body, and once more after it.
    func refusal(of request: HTTPRequest, now: HTTPDate) -> StaticResponse? {
        let current: FileStatus?
        let shown: FileStatus?
        do throws(FileError) {
            current = try self.current()
            shown = try self.shown()
        } catch {
            return .problem(error.status == .notFound ? .forbidden : error.status)
        }
        if let current, current.kind != .file {
            return .problem(.conflict, "there is something else of that name")
        }
        // A link on the way was changed meanwhile: what would be stored is not what would be shown.
        let isSame =
            if let current, let shown { current.isSameFile(as: shown) } else {
                current == nil && shown == nil
            }
        guard isSame else { return .problem(.conflict, "what is of that name has changed") }
        let validators = current.map { Validators($0, now: now) }
        let outcome = Preconditions.evaluate(request, current: validators, now: now)
        return outcome == .failed ? .problem(.preconditionFailed) : nil
    }

    /// Lets nobody read an unfinished file who may not read the one that it replaces.
    func protect(_ file: PartialFile) throws(FileError) {
        guard let old = try current() else { return }
        // Ours to read and write, or it could not be gone on with.
        try FileCalls.setPermissions(file.number, old.permissions | 0o600)
    }

    /// Gives the finished file its name: synchronised first, so that after a power failure the name
    /// means either the old bytes or all of the new.
    ///
    /// If it may not replace one, and there is one, that is EEXIST. Says whether there was one.
    func store(
        _ file: PartialFile,
        replaces: Bool
    ) throws(FileError) -> Bool {
        let old = try current()
        // Whose the file is, and who may read and write it, is not the uploader's to change.
        try old?.handOver(to: file.number)
        try FileCalls.synchronise(file.number)
        try file.rename(to: name, replaces: replaces)
        try FileCalls.synchronise(folder.number)
        return old != nil
    }
}
