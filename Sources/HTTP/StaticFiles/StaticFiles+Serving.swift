internal import Files
internal import HTTPCodec

extension StaticFiles {
    /// Answers a request with what ``plan(for:)`` says.
    ///
    /// ```swift
    /// let files = try StaticFiles(root: "public")
    /// try await server.serve { request, response in try await files.respond(to: request, response) }
    /// ```
    /// Files go out by sendfile(2) where nothing is between. A file that is cut short while it is sent
    /// cuts the connection, because its length was already said. What an upload is told is durable when
    /// it is told.
    public func respond(
        to request: HTTPServerRequest,
        _ response: HTTPServerResponse
    ) async throws {
        if request.method == .get {
            let head = request.head
            return try await send(read(head, FileCalls.now()), response)
        }
        switch plan(for: request.head) {
        case .respond(let answer): try await send(answer, response)
        case .receive(let upload):
            do {
                try await send(receive(upload, from: request), response)
            } catch {
                upload.abandon()
                throw error
            }
        }
    }

    private func send(_ reading: StaticReading, _ response: HTTPServerResponse) async throws {
        switch reading {
        case .response(let answer): try await send(answer, response)
        case .listing(let listing):
            // In a large folder this takes milliseconds, which the other connections of this thread
            // have not to wait for.
            let answer = await withTaskExecutorPreference(globalConcurrentExecutor) {
                await Self.make(listing)
            }
            try await send(answer, response)
        }
    }

    @concurrent private static func make(_ listing: PendingListing) async -> StaticResponse {
        listing.response()
    }

    private func receive(
        _ upload: StaticUpload,
        from request: HTTPServerRequest
    ) async throws -> StaticResponse {
        var refusal: StaticResponse?
        while refusal == nil, try await request.nextBodyPart({ refusal = upload.append($0) }) {}
        if let refusal { return refusal }
        // Waits for the disk, which must not hold up the other connections of this thread.
        return await withTaskExecutorPreference(globalConcurrentExecutor) {
            await Self.finish(upload)
        }
    }

    @concurrent private static func finish(_ upload: StaticUpload) async -> StaticResponse {
        upload.finish()
    }

    private func send(_ answer: StaticResponse, _ response: HTTPServerResponse) async throws {
        response.status = answer.head.status
        response.fields = answer.head.headerFields
        // To HEAD the length is that of the body GET would have got.
        let length = response.fields[.contentLength].flatMap { UInt64($0) }
        response.fields[.contentLength] = nil
        if length == nil, response.head.method == .head { return try response.sendHeadAlone() }
        try response.begin(length: length ?? UInt64(answer.bodySize))
        for part in answer.body {
            switch part {
            case .bytes(let bytes): try await response.write(bytes)
            case .file(let file, let range):
                try await file.withDescriptor { descriptor in
                    try await response.write(
                        file: descriptor,
                        offset: range.lowerBound,
                        count: range.count
                    )
                }
            }
        }
        try await response.finish()
    }
}
