internal import Files
internal import Glibc
internal import HTTPTypes

/// Where an upload goes: a name in a folder, both resolved before the body comes.
struct UploadDestination: Sendable {
    let root: Folder
    /// From the root, as it would be served.
    let path: [UInt8]
    let folder: Folder
    let name: [UInt8]

    /// What is there now, or nil if nothing is.
    private func current() throws(FileError) -> FileStatus? {
        do throws(FileError) {
            return try root.status(path)
        } catch {
            guard error.errno == ENOENT else { throw error }
            return nil
        }
    }

    /// Why the request may not store here, or nil if it may: before the body, and once more after it.
    func refusal(of request: HTTPRequest, now: HTTPDate) -> StaticResponse? {
        let current: FileStatus?
        do throws(FileError) {
            current = try self.current()
        } catch {
            // A link that leaves the root is not replaced by who may only see what is in it.
            return .problem(error.status == .notFound ? .forbidden : error.status)
        }
        if let current, current.kind != .file {
            return .problem(.conflict, "there is something else of that name")
        }
        let validators = current.map { Validators($0, now: now) }
        let outcome = Preconditions.evaluate(request, current: validators, now: now)
        return outcome == .failed ? .problem(.preconditionFailed) : nil
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
        // Who may read and write the file is not the uploader's to change.
        if let old { try FileCalls.setPermissions(file.number, old.permissions) }
        try FileCalls.synchronise(file.number)
        try FileCalls.rename(file.name.bytes, to: name, in: folder.number, replaces: replaces)
        try FileCalls.synchronise(folder.number)
        return old != nil
    }
}
