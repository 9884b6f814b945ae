public import Files
internal import SessionProtocol
internal import Sockets

extension Session {
    /// Sends a file to the other end, which handles ``SessionHandlers/files(_:_:)``.
    ///
    /// What the other end has of exactly this content from an earlier attempt, by whatever session, is not
    /// sent again; one that is still at it gets `superseded`. Returns when the file is complete there under
    /// its name, its hash compared. Its permissions and its time go with it. Cancellation and the task's deadline end it; what has arrived is kept.
    ///
    /// ```swift
    /// try await session.put(file: "report.pdf", as: "2026/report.pdf") { progress in
    ///     print(progress.offset, "of", progress.size)
    /// }
    /// ```
    /// - Parameters:
    ///   - path: A file of this machine.
    ///   - name: Its name at the other end: relative, at most 4,095 bytes, of which 255 between two slashes;
    ///     folders are made.
    ///   - progress: Told of each piece that was handed over, on this task.
    /// - Throws: ``SessionError``: `storage` if the file cannot be read, `failed` with what the other end
    ///   said (`overloaded`: another process of its writes the same file), `reset` with `superseded` when a
    ///   newer transfer of the same file goes on with it. Then put it again: what is there is kept.
    public func put(
        file path: String,
        as name: String,
        progress: (FileProgress) -> Void = { _ in }
    ) async throws(SessionError) {
        try await put(file: BytePath(path), as: BytePath(name), progress: progress)
    }

    /// Sends a file whose path or name need not be UTF-8; otherwise as the form for texts.
    public func put(
        file path: BytePath,
        as name: BytePath,
        progress: (FileProgress) -> Void = { _ in }
    ) async throws(SessionError) {
        let file: OpenFile
        do throws(FileError) {
            file = try OpenFile(path: path)
        } catch {
            throw SessionError(.storage, .failed, "\(path): \(error)")
        }
        try await put(file, of: path, as: name, progress: progress)
    }

    /// Sends a file that is open.
    package func put(
        _ opened: OpenFile,
        of path: BytePath,
        as name: BytePath,
        progress: (FileProgress) -> Void
    ) async throws(SessionError) {
        let fileName = try fileName(name)
        let file: SourceFile
        let content: FileContent
        do throws(FileError) {
            file = try SourceFile(opened)
            let hash = try await FileHash.of(file.size) { memory, offset throws(FileError) in
                try file.file.read(into: &memory, at: offset)
            }
            content = FileContent(name: fileName, size: file.size, hash: hash)
        } catch {
            throw SessionError(.storage, .failed, "\(path): \(error)")
        }
        let call = try await openCall(FileWire.put)
        try await call.post(FileWire.put(content, file.attributes))
        guard let answer = try await call.answers.next()?.message else {
            throw SessionError(.malformed, .malformed, "no offset")
        }
        let offset: UInt64 = try reading { () throws(Violation) in
            try FileWire.readNumber(answer.bytes)
        }
        guard offset <= file.size else {
            throw SessionError(.malformed, .malformed, "more is there than there is to send")
        }
        do throws(SessionError) {
            try await send(file, path, from: offset, on: call) {
                progress(FileProgress(path: name, offset: $0, size: file.size))
            }
            try? call.finish()
        } catch  where error.kind == .answered {
            // It has failed there, or somebody else has completed it: the answers say which.
        }
        // The end of the answers is the outcome.
        while try await call.answers.next() != nil {}
        progress(FileProgress(path: name, offset: file.size, size: file.size))
    }

    /// Sends the bytes of a file from an offset on.
    private func send(
        _ file: SourceFile,
        _ path: BytePath,
        from start: UInt64,
        on call: OutgoingCall,
        progress: (UInt64) -> Void
    ) async throws(SessionError) {
        var offset = start
        while offset < file.size {
            progress(offset)
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
    }

    /// Makes a folder at the other end, which handles ``SessionHandlers/files(_:_:)``, and those above it.
    ///
    /// One that is there stays as it is. Files bring their folders with them: this is for empty ones, and
    /// for those that not everybody may enter.
    ///
    /// ```swift
    /// try await session.makeFolder("2026/private", permissions: 0o700)
    /// ```
    /// - Parameters:
    ///   - name: Its name at the other end, as of a file.
    ///   - permissions: Who may use it, as of mkdir(2): the umask of the other end takes some away, and its
    ///     owner always may. Nil: everybody.
    /// - Throws: ``SessionError``: `failed` with what the other end said; `reset` with `unknownName` if it is
    ///   of a version that makes none.
    public func makeFolder(
        _ name: BytePath,
        permissions: UInt32? = nil
    ) async throws(SessionError) {
        let name = try fileName(name)
        let attributes = FileAttributes(permissions: permissions)
        _ = try await call(FileWire.folder, FileWire.folder(name, attributes))
    }

    private func fileName(_ path: BytePath) throws(SessionError) -> FileName {
        if let name = FileName(path) { return name }
        guard path.bytes.count > FileName.sizeLimit else {
            throw SessionError(.failed, .malformed, "\(path) is no name of a file")
        }
        let words = "a name of \(path.bytes.count) bytes, and the limit is \(FileName.sizeLimit)"
        throw SessionError(.tooLong, .limit, words)
    }

    func reading<Result>(
        _ read: () throws(Violation) -> Result
    ) throws(SessionError) -> Result {
        do throws(Violation) {
            return try read()
        } catch {
            throw SessionError(.malformed, error.code, error.text)
        }
    }
}
