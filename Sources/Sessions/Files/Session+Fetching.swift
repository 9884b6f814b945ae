public import Files
internal import SessionProtocol
internal import Sockets

extension Session {
    /// Fetches a file from the other end, which handles ``SessionHandlers/files(_:_:)``.
    ///
    /// What is here of exactly this content from an earlier attempt is not fetched again; a transfer that is
    /// still at it, by this same ``FileFolder`` value, gets `superseded`. Cancellation and the task's deadline
    /// end it; what has come is kept.
    ///
    /// - Parameters:
    ///   - name: Its name there.
    ///   - folder: Where it goes.
    ///   - newName: Its name here; nil: as there.
    ///   - sizeLimit: The bytes it may have: the other end says how many they are. 1 TiB, arbitrary: a disk.
    ///   - progress: Told of each piece that came, on this task.
    /// - Throws: ``SessionError``: `storage` if it cannot be written (`overloaded`: another process is at it),
    ///   `tooLong` beyond the limit, `failed` with what the other end said (`unknownName`: no such file), or
    ///   if the bytes are not those that were announced.
    public func fetch(
        _ name: String,
        into folder: FileFolder,
        as newName: String? = nil,
        sizeLimit: UInt64 = 1 << 40,
        progress: (FileProgress) -> Void = { _ in }
    ) async throws(SessionError) {
        try await fetch(
            BytePath(name),
            into: folder,
            as: newName.map { BytePath($0) },
            sizeLimit: sizeLimit,
            progress: progress
        )
    }

    /// Fetches a file whose name need not be UTF-8; otherwise as the form for texts.
    public func fetch(
        _ path: BytePath,
        into folder: FileFolder,
        as newPath: BytePath? = nil,
        sizeLimit: UInt64 = 1 << 40,
        progress: (FileProgress) -> Void = { _ in }
    ) async throws(SessionError) {
        let name = path.description
        guard let fileName = FileName(path), let ownName = FileName(newPath ?? path) else {
            throw SessionError(.failed, .malformed, "\(name) is no name of a file")
        }
        // First what there is, without a byte of it: what is here depends on that.
        let (question, content) = try await openFetch(fileName, ownName, from: 1 << 62 - 1)
        while try await question.answers.next() != nil {}
        guard content.size <= sizeLimit else {
            throw SessionError(.tooLong, .limit, "\(name) has \(content.size) bytes")
        }
        let file = try storing(name) { () throws(IncomingFile.Problem) in
            try folder.checkTarget(ownName)
            return try IncomingFile(content, in: folder)
        }
        var offset = try storing(name) { () throws(IncomingFile.Problem) in try file.offset() }
        let (call, found) = try await openFetch(fileName, ownName, from: offset)
        guard found == content else {
            throw SessionError(.failed, .failed, "\(name) has changed meanwhile")
        }
        while let element = try await call.answers.next() {
            guard let bytes = element.message?.bytes else {
                throw SessionError(.failed, .dropped, "bytes are missing")
            }
            offset = try storing(name) { () throws(IncomingFile.Problem) in
                try file.append(bytes)
            }
            progress(FileProgress(path: path, offset: offset, size: content.size))
        }
        guard offset == content.size else {
            throw SessionError(.failed, .failed, "\(name) was cut")
        }
        try await complete(file, name)
    }

    private func openFetch(
        _ name: FileName,
        _ ownName: FileName,
        from offset: UInt64
    ) async throws(SessionError) -> (OutgoingCall, FileContent) {
        let call = try await openCall(FileWire.get)
        let request = FileWire.get(name, from: offset)
        try await post(.init(bytes: request, isLast: true), on: call.flow, by: .never)
        guard let answer = try await call.answers.next()?.message else {
            throw SessionError(.malformed, .malformed, "no size")
        }
        let (size, hash) = try reading { () throws(Violation) in
            try FileWire.readContents(answer.bytes)
        }
        return (call, FileContent(name: ownName, size: size, hash: hash))
    }

    private func complete(_ file: IncomingFile, _ name: String) async throws(SessionError) {
        do throws(IncomingFile.Problem) {
            if try await file.isRight() {
                // The disk may take seconds; the loop's others need not.
                return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    () async throws(IncomingFile.Problem) in try file.finish(FileAttributes())
                }
            }
        } catch {
            throw SessionError(error, name)
        }
        file.discard()
        throw SessionError(.failed, .failed, "the bytes are not those that were announced")
    }

    private func storing<Result>(
        _ name: String,
        _ body: () throws(IncomingFile.Problem) -> Result
    ) throws(SessionError) -> Result {
        do throws(IncomingFile.Problem) {
            return try body()
        } catch {
            throw SessionError(error, name)
        }
    }
}

extension SessionError {
    /// Why a file cannot be received.
    fileprivate init(_ problem: IncomingFile.Problem, _ name: String) {
        switch problem {
        case .busy: self.init(.storage, .overloaded, "\(name) is being fetched by another process")
        case .crowded:
            self.init(.storage, .overloaded, "as many files are coming as may be at once")
        case .superseded: self.init(.storage, .superseded, "\(name) is being fetched anew")
        case .tooLong: self.init(.failed, .malformed, "more bytes than were announced")
        case .obstacle(let words): self.init(.storage, .failed, "\(name): \(words)")
        case .file(let error): self.init(.storage, .failed, "\(name): \(error)")
        }
    }
}
