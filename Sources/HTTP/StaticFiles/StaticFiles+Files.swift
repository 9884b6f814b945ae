internal import Files
internal import HTTPTypes

extension StaticFiles {
    /// GET; for HEAD the same, whose body is left out later.
    func read(_ request: HTTPRequest, _ now: HTTPDate) -> StaticReading {
        let path: RequestPath
        do throws(RefusedPath) {
            path = try self.path(of: request)
        } catch {
            return .response(error.response)
        }
        var response: StaticResponse
        do throws(FileError) {
            if path.isDirectory { return try folder(path, request, now) }
            response = try file(path, request, now)
        } catch {
            response = .problem(error.status)
        }
        if request.method == .head, options.uploads != nil {
            addUploadFields(of: path, to: &response.head.headerFields)
        }
        return .response(response)
    }

    private func file(
        _ path: RequestPath,
        _ request: HTTPRequest,
        _ now: HTTPDate
    ) throws(FileError) -> StaticResponse {
        let file = try root.openForReading(path.relativePath)
        let status = try file.status()
        switch status.kind {
        case .file: return send(file, status, path.relativePath, request, now)
        case .directory:
            // Relative links in its page would else lead beside it.
            return StaticResponse(.movedPermanently, fields: [.location: path.asDirectory])
        case .symbolicLink, .other: return .problem(.notFound)
        }
    }

    /// Sends a file that is there, in the form and the part that the client wants.
    func send(
        _ plain: OpenFile,
        _ plainStatus: FileStatus,
        _ path: [UInt8],
        _ request: HTTPRequest,
        _ now: HTTPDate
    ) -> StaticResponse {
        let name = path.suffix(while: { $0 != UInt8(ascii: "/") })
        let type = ContentType.of(name: name)
        var (file, status) = (plain, plainStatus)
        var fields = HTTPFields()
        fields.reserveCapacity(10)
        fields.add(.contentType, type.value)
        fields.add(.acceptRanges, "bytes")
        fields.add(.cacheControl, options.cacheControl)
        if options.usesPrecompressedFiles, type.isCompressible {
            // Whether or not there is one now: a cache must not give one client's to another.
            fields.add(.vary, "Accept-Encoding")
            let accepted = request.headerFields[.acceptEncoding]
            for coding in ContentCoding.preferences(accepted) {
                guard let found = compressed(path, coding, of: plainStatus) else { continue }
                (file, status) = found
                fields.add(.contentEncoding, coding.rawValue)
                break
            }
        }
        return send(file, status, fields, type, request, now)
    }

    /// The compressed form beside a file, if it is not older: who edits a file and forgets the form
    /// beside it must not send what was there before.
    private func compressed(
        _ path: [UInt8],
        _ coding: ContentCoding,
        of plain: FileStatus
    ) -> (OpenFile, FileStatus)? {
        guard let file = try? root.openForReading(path + Array(coding.suffix.utf8)),
            let status = try? file.status(), status.kind == .file,
            status.modified >= plain.modified
        else { return nil }
        return (file, status)
    }

    /// Conditions, then ranges, of the form that was chosen: each has its own tag, so that parts of
    /// two are never put together.
    private func send(
        _ file: OpenFile,
        _ status: FileStatus,
        _ common: HTTPFields,
        _ type: ContentType,
        _ request: HTTPRequest,
        _ now: HTTPDate
    ) -> StaticResponse {
        var fields = common
        let validators = Validators(status, now: now)
        fields.add(.eTag, validators.tag.description)
        var honoursRange = false
        switch Preconditions.evaluate(request, current: validators, now: now) {
        case .failed: return .problem(.preconditionFailed)
        case .notModified:
            // RFC 9110 §15.4.5: what a cache may have to learn anew, and nothing else.
            fields[.contentType] = nil
            fields[.contentEncoding] = nil
            fields[.acceptRanges] = nil
            return StaticResponse(.notModified, fields: fields)
        case .proceed(let honours): honoursRange = honours
        }
        fields.add(.lastModified, validators.lastModified.description)
        // A range means something with GET only (§14.2).
        let size = status.size
        guard request.method == .get, honoursRange, let text = request.headerFields[.range] else {
            return StaticResponse(.ok, fields: fields, body: Self.part(file, 0..<size))
        }
        switch ByteRanges(parsing: text, size: size) {
        case .whole: return StaticResponse(.ok, fields: fields, body: Self.part(file, 0..<size))
        case .unsatisfiable:
            return .problem(.rangeNotSatisfiable, fields: [.contentRange: "bytes */\(size)"])
        case .parts(let ranges):
            if ranges.count == 1 {
                fields[.contentRange] = MultipartByteRanges.contentRange(ranges[0], of: size)
                return StaticResponse(
                    .partialContent,
                    fields: fields,
                    body: Self.part(file, ranges[0])
                )
            }
            return multipart(file, size, ranges, fields, type)
        }
    }

    private func multipart(
        _ file: OpenFile,
        _ size: Int,
        _ ranges: [Range<Int>],
        _ common: HTTPFields,
        _ type: ContentType
    ) -> StaticResponse {
        var fields = common
        let framing = MultipartByteRanges(
            ranges: ranges,
            total: size,
            partType: type.value,
            boundary: "part-" + String(UInt64.random(in: .min ... .max), radix: 16)
                + String(UInt64.random(in: .min ... .max), radix: 16)
        )
        fields[.contentType] = framing.contentType
        var body: [StaticResponse.BodyPart] = []
        for (head, range) in zip(framing.heads, ranges) {
            body.append(.bytes(head))
            body.append(.file(file, range))
        }
        body.append(.bytes(framing.tail))
        return StaticResponse(.partialContent, fields: fields, body: body)
    }

    private static func part(_ file: OpenFile, _ range: Range<Int>) -> [StaticResponse.BodyPart] {
        range.isEmpty ? [] : [.file(file, range)]
    }
}

extension BidirectionalCollection {
    /// What is at the end, as long as the condition holds.
    func suffix(while condition: (Element) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !condition($0) }) else { return self[...] }
        return self[index(after: last)...]
    }
}
