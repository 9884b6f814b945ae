internal import Files
internal import Glibc
internal import SessionProtocol
internal import Sockets

/// The end of file transfers that is called.
struct FileService: Sendable {
    let folder: FileFolder
    let access: FileAccess

    /// The first message of a call, in bytes: a name, and a little more.
    private static let requestLimit = 2_048

    // MARK: Into the folder

    func put(_ call: IncomingCall) async throws {
        guard let request = try await call.requests.next()?.message?.bytes else {
            throw CallRefusal(.malformed)
        }
        let content = try refusing { () throws(Violation) in try FileWire.readPut(request) }
        guard content.size <= access.sizeLimit else {
            throw CallRefusal(.limit, "at most \(access.sizeLimit) bytes")
        }
        try await check(call, content.name, isPut: true)
        if try await has(content) {
            try await call.finish(with: number(content.size))
            report(call, content, content.size, isLast: true)
            return
        }
        let file: IncomingFile
        do throws(IncomingFile.Problem) {
            file = try IncomingFile(content, in: folder)
        } catch {
            switch error {
            case .busy: throw CallRefusal(.overloaded, "somebody else is sending it")
            case .file(let error): throw refusal(of: error)
            }
        }
        try await call.post(number(file.offset))
        try await receive(call, file)
        try call.finish()
    }

    private func receive(_ call: IncomingCall, _ file: IncomingFile) async throws {
        let content = file.content
        do {
            while let element = try await call.requests.next() {
                guard let bytes = element.message?.bytes else {
                    // The rest is no use without it; what is there stays.
                    throw CallRefusal(.failed, "bytes are missing")
                }
                guard try file.append(bytes) else {
                    file.discard()
                    throw CallRefusal(.failed, "more bytes than were announced")
                }
                report(call, content, file.offset)
            }
            guard file.offset == content.size else { throw CallRefusal(.failed, "it was cut") }
            guard try await file.hash() == content.hash else {
                file.discard()
                throw CallRefusal(.failed, "the bytes are not those that were announced")
            }
            // The disk may take seconds; the loop's others need not.
            try await withTaskExecutorPreference(globalConcurrentExecutor) { try file.finish() }
        } catch let error as FileError {
            throw refusal(of: error)
        }
        report(call, content, content.size, isLast: true)
    }

    /// Whether exactly this content is there already under its name.
    private func has(_ content: FileContent) async throws -> Bool {
        guard let file = try? folder.open(content.name), file.size == content.size else {
            return false
        }
        return try await hash(of: file) == content.hash
    }

    // MARK: Out of the folder

    func get(_ call: IncomingCall) async throws {
        let bytes = try await call.requests.collect(limit: Self.requestLimit)
        let request = try refusing { () throws(Violation) in try FileWire.readGet(bytes) }
        try await check(call, request.name, isPut: false)
        do {
            let file = try folder.open(request.name)
            let hash = try await hash(of: file)
            let content = FileContent(name: request.name, size: file.size, hash: hash)
            try await call.post(FileWire.contents(size: file.size, hash: hash))
            var offset = request.offset
            while offset < file.size {
                let piece = try file.read(at: offset, limit: FileWire.pieceSize)
                guard !piece.isEmpty else { throw CallRefusal(.failed, "it has become shorter") }
                offset += UInt64(piece.count)
                try await call.post(piece)
                report(call, content, offset)
            }
        } catch let error as FileError {
            throw refusal(of: error)
        }
        try call.finish()
    }

    // MARK: Both

    private func hash(of file: SourceFile) async throws(FileError) -> [UInt8] {
        try await FileHash.of(file.size) { memory, offset throws(FileError) in
            try file.file.read(into: &memory, at: offset)
        }
    }

    private func check(_ call: IncomingCall, _ name: FileName, isPut: Bool) async throws {
        guard await access.isAllowed(call.session, name.text, isPut) else {
            throw CallRefusal(.refused)
        }
    }

    private func report(
        _ call: IncomingCall,
        _ content: FileContent,
        _ offset: UInt64,
        isLast: Bool = false
    ) {
        let progress = FileProgress(
            name: content.name.text,
            offset: offset,
            size: content.size
        )
        access.progress?(call.session, progress)
        if isLast { access.received?(call.session, progress) }
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

    /// What the other end is told of an error: not more than it should know of what is outside.
    private func refusal(of error: FileError) -> CallRefusal {
        switch error.errno {
        case ENOENT, ENOTDIR, ELOOP, EXDEV, ENAMETOOLONG, ENXIO, ENODEV, EISDIR:
            CallRefusal(.unknownName, "no such file")
        case EACCES, EPERM, EROFS: CallRefusal(.refused, "not permitted")
        case ENOSPC, EDQUOT, EFBIG: CallRefusal(.limit, "no room on the disk")
        default: CallRefusal(.failed, "\(error)")
        }
    }

    private func number(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: value)
        return bytes
    }
}
