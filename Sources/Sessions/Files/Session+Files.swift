internal import Files
internal import SessionProtocol
internal import Sockets

extension Session {
    /// Sends a file to the other end, which handles ``SessionHandlers/files(_:_:)``.
    ///
    /// What the other end has of exactly this content from an earlier attempt, by whatever session, is not
    /// sent again. Returns when the file is complete there under its name, its hash compared.
    ///
    /// ```swift
    /// try await session.put(file: "report.pdf", as: "2026/report.pdf") { progress in
    ///     print(progress.offset, "of", progress.size)
    /// }
    /// ```
    /// - Parameters:
    ///   - path: A file of this machine.
    ///   - name: Its name at the other end: relative, at most 1,024 bytes; folders are made.
    ///   - progress: Told of each piece that was handed over, on this task.
    /// - Throws: ``SessionError``: `storage` if the file cannot be read, `failed` with what the other end
    ///   said. Then put it again: what is there is kept.
    public func put(
        file path: String,
        as name: String,
        progress: (FileProgress) -> Void = { _ in }
    ) async throws(SessionError) {
        guard let fileName = FileName(name) else {
            throw SessionError(.failed, .malformed, "\(name) is no name of a file")
        }
        let file: SourceFile
        let content: FileContent
        do throws(FileError) {
            file = try SourceFile(path: path)
            let hash = try await FileHash.of(file.size) { memory, offset throws(FileError) in
                try file.file.read(into: &memory, at: offset)
            }
            content = FileContent(name: fileName, size: file.size, hash: hash)
        } catch {
            throw SessionError(.storage, .failed, "\(path): \(error)")
        }
        let call = try await openCall(FileWire.put)
        try await call.post(FileWire.put(content))
        guard let answer = try await call.answers.next()?.message else {
            throw SessionError(.malformed, .malformed, "no offset")
        }
        var offset: UInt64 = try reading { () throws(Violation) in
            try FileWire.readNumber(answer.bytes)
        }
        while offset < file.size {
            progress(FileProgress(name: name, offset: offset, size: file.size))
            let piece: [UInt8]
            do throws(FileError) {
                piece = try file.read(at: offset, limit: FileWire.pieceSize)
            } catch {
                throw SessionError(.storage, .failed, "\(path): \(error)")
            }
            guard !piece.isEmpty else {
                throw SessionError(.storage, .failed, "\(path) has become shorter")
            }
            try await call.post(piece)
            offset += UInt64(piece.count)
        }
        try? call.finish()
        // The end of the answers is the outcome.
        while try await call.answers.next() != nil {}
        progress(FileProgress(name: name, offset: file.size, size: file.size))
    }

    /// Fetches a file from the other end, which handles ``SessionHandlers/files(_:_:)``.
    ///
    /// What is here of exactly this content from an earlier attempt is not fetched again.
    ///
    /// - Parameters:
    ///   - name: Its name there.
    ///   - folder: Where it goes.
    ///   - newName: Its name here; nil: as there.
    ///   - progress: Told of each piece that came, on this task.
    /// - Throws: ``SessionError``: `storage` if it cannot be written, `failed` with what the other end said
    ///   (`unknownName`: no such file), or if the bytes are not those that were announced.
    public func fetch(
        _ name: String,
        into folder: FileFolder,
        as newName: String? = nil,
        progress: (FileProgress) -> Void = { _ in }
    ) async throws(SessionError) {
        guard let fileName = FileName(name), let ownName = FileName(newName ?? name) else {
            throw SessionError(.failed, .malformed, "\(name) is no name of a file")
        }
        // First what there is, without a byte of it: what is here depends on that.
        let (question, content) = try await openFetch(fileName, ownName, from: 1 << 62 - 1)
        while try await question.answers.next() != nil {}
        let file: IncomingFile
        do throws(IncomingFile.Problem) {
            file = try IncomingFile(content, in: folder)
        } catch {
            switch error {
            case .busy:
                throw SessionError(.storage, .overloaded, "\(name) is being fetched already")
            case .file(let error):
                throw SessionError(.storage, .failed, "\(name): \(error)")
            }
        }
        let (call, found) = try await openFetch(fileName, ownName, from: file.offset)
        guard found == content else {
            throw SessionError(.failed, .failed, "\(name) has changed meanwhile")
        }
        while let element = try await call.answers.next() {
            guard let bytes = element.message?.bytes else {
                throw SessionError(.failed, .dropped, "bytes are missing")
            }
            try store(bytes, file)
            progress(FileProgress(name: name, offset: file.offset, size: content.size))
        }
        try await complete(file)
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

    private func store(_ bytes: [UInt8], _ file: IncomingFile) throws(SessionError) {
        let fits: Bool
        do throws(FileError) {
            fits = try file.append(bytes)
        } catch {
            throw SessionError(.storage, .failed, "\(file.content.name.text): \(error)")
        }
        guard fits else {
            file.discard()
            throw SessionError(.failed, .malformed, "more bytes than were announced")
        }
    }

    private func complete(_ file: IncomingFile) async throws(SessionError) {
        let content = file.content
        guard file.offset == content.size else {
            throw SessionError(.failed, .failed, "\(content.name.text) was cut")
        }
        let isRight: Bool
        do throws(FileError) {
            isRight = try await file.hash() == content.hash
            if isRight {
                // The disk may take seconds; the loop's others need not.
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    () async throws(FileError) in try file.finish()
                }
            }
        } catch {
            throw SessionError(.storage, .failed, "\(content.name.text): \(error)")
        }
        guard isRight else {
            file.discard()
            throw SessionError(.failed, .failed, "the bytes are not those that were announced")
        }
    }

    private func reading<Result>(
        _ read: () throws(Violation) -> Result
    ) throws(SessionError) -> Result {
        do throws(Violation) {
            return try read()
        } catch {
            throw SessionError(.malformed, error.code, error.text)
        }
    }
}
