internal import Files
internal import HTTPTypes

extension StaticFiles {
    /// PUT: everything that can be refused is refused before the body comes.
    func receive(
        _ request: HTTPRequest,
        _ limits: StaticFileOptions.UploadOptions,
        _ now: HTTPDate
    ) -> StaticPlan {
        do throws(RefusedPath) {
            return .receive(try upload(request, limits, now))
        } catch {
            return .respond(error.response)
        }
    }

    private func upload(
        _ request: HTTPRequest,
        _ limits: StaticFileOptions.UploadOptions,
        _ now: HTTPDate
    ) throws(RefusedPath) -> StaticUpload {
        let path = try path(of: request)
        guard !path.isDirectory else {
            throw .refused(.conflict, "a folder cannot be stored")
        }
        if request.headerFields[.contentEncoding] != nil {
            // Stored as it came, the file would not be what its name says.
            throw .refused(.unsupportedMediaType, "send the file as it is")
        }
        guard let range = UploadRange(request.headerFields) else {
            throw .refused(.badRequest, "Content-Range: bytes FIRST-LAST/TOTAL, and no other form")
        }
        guard max(range.total ?? 0, range.count ?? 0) <= limits.sizeLimit else {
            throw .refused(.contentTooLarge, "at most \(limits.sizeLimit) bytes")
        }
        let destination = try destination(of: path)
        if let refusal = destination.refusal(of: request, now: now) {
            throw RefusedPath(response: refusal)
        }
        let partials = PartialUploads(parent: destination.folder, limits: limits)
        let partial = try open(partials, destination.name, range, now)
        do throws(FileError) {
            try destination.protect(partial)
        } catch {
            throw .refused(error.status)
        }
        return StaticUpload(
            request: request,
            destination: destination,
            partial: partial,
            range: range,
            sizeLimit: limits.sizeLimit,
            now: now
        )
    }

    /// The hidden file to write to.
    private func open(
        _ partials: PartialUploads,
        _ name: [UInt8],
        _ range: UploadRange,
        _ now: HTTPDate
    ) throws(RefusedPath) -> PartialFile {
        let single = PartialName(target: name, identity: .single(token: .random(in: .min ... .max)))
        let resumable = range.total.map {
            PartialName(target: name, identity: .resumable(total: $0))
        }
        let isWhole = range.offset == 0 && range.isLast
        guard let resumable, resumable.fits else {
            guard isWhole else { throw .refused(.badRequest, "the name is too long to be resumed") }
            return try create(partials, single, now)
        }
        do throws(PartialUploads.Problem) {
            try? partials.sweep(beginning: resumable, replacesOthers: range.offset == 0, now: now)
            return try partials.open(resumable, from: range.offset)
        } catch .busy where isWhole {
            // Two that send the whole: each to its own file, and the last to finish has the name.
            return try create(partials, single, now)
        } catch {
            switch error {
            case .missing:
                throw RefusedPath(response: .mismatch(offset: 0, total: range.total))
            case .short(let size):
                throw RefusedPath(response: .mismatch(offset: size, total: range.total))
            case .busy: throw .refused(.conflict, "another request is writing it")
            case .file(let error): throw .refused(error.status)
            }
        }
    }

    private func create(
        _ partials: PartialUploads,
        _ name: PartialName,
        _ now: HTTPDate
    ) throws(RefusedPath) -> PartialFile {
        try? partials.sweep(beginning: name, replacesOthers: false, now: now)
        do throws(PartialUploads.Problem) {
            return try partials.open(name, from: 0)
        } catch {
            if case .file(let error) = error { throw .refused(error.status) }
            throw .refused(.serviceUnavailable)
        }
    }

    /// For HEAD: how far an upload of this file came.
    func addUploadFields(of path: RequestPath, to fields: inout HTTPFields) {
        guard let limits = options.uploads, !path.isDirectory,
            let destination = try? destination(of: path),
            let found = try? PartialUploads(parent: destination.folder, limits: limits)
                .latest(of: destination.name),
            case .resumable(let total) = found.name.identity
        else { return }
        for field in UploadFields.unfinished(offset: found.status.size, total: total) {
            fields[field.name] = field.value
        }
    }
}

extension StaticFiles.RefusedPath {
    static func refused(_ status: HTTPResponse.Status, _ words: String? = nil) -> Self {
        Self(response: .problem(status, words))
    }
}

extension StaticResponse {
    /// 409: the body does not begin where what is here ends.
    static func mismatch(offset: Int, total: Int?) -> StaticResponse {
        .problem(
            .conflict,
            "go on at byte \(offset)",
            fields: UploadFields.unfinished(offset: offset, total: total)
        )
    }
}
