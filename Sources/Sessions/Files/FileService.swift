internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// The end of file transfers that is called.
struct FileService: Sendable {
    let folder: FileFolder
    let access: FileAccess

    /// The first message of a call, in bytes: a name, and a little more.
    private static let requestLimit = FileName.sizeLimit + 1_024

    // MARK: Into the folder

    func put(_ call: IncomingCall) async throws {
        guard let request = try await call.requests.next()?.message?.bytes else {
            throw CallRefusal(.malformed)
        }
        let (content, attributes) = try refusing { () throws(Violation) in
            try FileWire.readPut(request)
        }
        var progress = FileProgress(path: content.name.path, size: content.size)
        do {
            try await receive(content, attributes, call, &progress)
        } catch {
            throw failed(call, progress, error)
        }
        access.received?(call.session, progress)
        try call.finish()
    }

    /// Returns when the file is complete under its name.
    private func receive(
        _ content: FileContent,
        _ attributes: FileAttributes,
        _ call: IncomingCall,
        _ progress: inout FileProgress
    ) async throws {
        guard content.size <= access.sizeLimit else {
            throw CallRefusal(.limit, "at most \(access.sizeLimit) bytes")
        }
        try await check(call, content.name, isPut: true)
        try folder.checkTarget(content.name)
        if try await has(content) {
            try await call.post(number(content.size))
            return moved(&progress, to: content.size, call)
        }
        let file = try IncomingFile(content, in: folder) { [weak call] in call?.reset($0) }
        progress.offset = try file.offset()
        try await call.post(number(progress.offset))
        while let element = try await call.requests.next() {
            guard let bytes = element.message?.bytes else {
                // The rest is no use without it; what is there stays.
                throw CallRefusal(.failed, "bytes are missing")
            }
            moved(&progress, to: try file.append(bytes), call)
        }
        guard progress.offset == content.size else { throw CallRefusal(.failed, "it was cut") }
        guard try await file.isRight() else {
            file.discard()
            throw CallRefusal(.failed, "the bytes are not those that were announced")
        }
        // The disk may take seconds; the loop's others need not.
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try file.finish(attributes)
        }
    }

    /// Whether exactly this content is there already under its name.
    private func has(_ content: FileContent) async throws -> Bool {
        guard let file = try? folder.open(content.name), file.size == content.size else {
            return false
        }
        return try await hash(of: file) == content.hash
    }

    func makeFolder(_ call: IncomingCall) async throws {
        let bytes = try await call.requests.collect(limit: Self.requestLimit)
        let (name, attributes) = try refusing { () throws(Violation) in
            try FileWire.readFolder(bytes)
        }
        do {
            try await check(call, name, isPut: true)
            try folder.makeFolder(name, attributes)
        } catch {
            throw failed(call, FileProgress(path: name.path, size: 0), error)
        }
        access.madeFolder?(call.session, name.path)
        try call.finish()
    }

    // MARK: Out of the folder

    func get(_ call: IncomingCall) async throws {
        let bytes = try await call.requests.collect(limit: Self.requestLimit)
        let request = try refusing { () throws(Violation) in try FileWire.readGet(bytes) }
        var progress = FileProgress(path: request.name.path, size: 0)
        do {
            try await send(request.name, from: request.offset, call, &progress)
        } catch {
            throw failed(call, progress, error)
        }
        try call.finish()
    }

    private func send(
        _ name: FileName,
        from start: UInt64,
        _ call: IncomingCall,
        _ progress: inout FileProgress
    ) async throws {
        try await check(call, name, isPut: false)
        let file = try folder.open(name)
        progress = FileProgress(path: name.path, size: file.size)
        try await call.post(FileWire.contents(size: file.size, hash: try await hash(of: file)))
        var offset = start
        while offset < file.size {
            let piece = try file.read(at: offset, limit: FileWire.pieceSize)
            guard !piece.isEmpty else { throw CallRefusal(.failed, "it has become shorter") }
            offset += UInt64(piece.count)
            try await call.post(piece)
            moved(&progress, to: offset, call)
        }
    }

    // MARK: Both

    private func hash(of file: SourceFile) async throws(FileError) -> [UInt8] {
        try await FileHash.of(file.size) { memory, offset throws(FileError) in
            try file.file.read(into: &memory, at: offset)
        }
    }

    private func check(_ call: IncomingCall, _ name: FileName, isPut: Bool) async throws {
        if let words = access.objection(to: name, isPut: isPut) {
            throw CallRefusal(.refused, words)
        }
        guard await access.isAllowed(call.session, name.path, isPut) else {
            throw CallRefusal(.refused)
        }
    }

    private func moved(_ progress: inout FileProgress, to offset: UInt64, _ call: IncomingCall) {
        progress.offset = offset
        access.progress?(call.session, progress)
    }

    /// Tells of a transfer that has failed; gives what the other end is told.
    private func failed(
        _ call: IncomingCall,
        _ progress: FileProgress,
        _ error: any Error
    ) -> any Error {
        let told: any Error =
            switch error {
            case let error as FileError: CallRefusal(error)
            case let problem as IncomingFile.Problem: CallRefusal(problem)
            default: error
            }
        access.failed?(call.session, progress, told)
        return told
    }

    private func refusing<Result>(
        _ read: () throws(Violation) -> Result
    ) throws(CallRefusal) -> Result {
        do throws(Violation) {
            return try read()
        } catch {
            throw CallRefusal(error.code, error.text)
        }
    }

    private func number(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: value)
        return bytes
    }
}

extension FileAccess {
    /// What is wrong with a name that is well-formed.
    fileprivate func objection(to name: FileName, isPut: Bool) -> String? {
        if !allowsHiddenNames, name.isHidden { return "hidden names are not taken here" }
        if isPut, !allowsUnprintableNames, name.isUnprintable {
            return "names with controls or invisible marks are not taken here"
        }
        return nil
    }
}

extension CallRefusal {
    /// What the other end is told of an error: not more than it should know of what is outside.
    fileprivate init(_ error: FileError) {
        switch error.errno {
        case ENOENT, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, ENXIO, ENODEV, EISDIR:
            self.init(.unknownName, "no such file")
        case EACCES, EPERM, EROFS: self.init(.refused, "not permitted")
        case ENOSPC, EDQUOT, EFBIG: self.init(.limit, "no room on the disk")
        default: self.init(.failed, "\(error)")
        }
    }

    fileprivate init(_ problem: IncomingFile.Problem) {
        switch problem {
        case .busy: self.init(.overloaded, "another process is writing it, or it is being finished")
        case .crowded: self.init(.overloaded, "as many files are coming as may be at once")
        case .superseded: self.init(.superseded, "a newer transfer goes on with it")
        case .tooLong: self.init(.failed, "more bytes than were announced")
        case .obstacle(let words): self.init(.refused, words)
        case .file(let error): self.init(error)
        }
    }
}
