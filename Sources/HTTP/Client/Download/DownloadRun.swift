internal import HTTPCodec
internal import Sockets

/// One run of a download: attempts until the file is whole.
struct DownloadRun {
    private let download: HTTPDownload
    private let file: DownloadFile
    private(set) var progress = HTTPDownload.Progress()
    private var record: DownloadRecord?
    /// Whether a response has come.
    private var hasBegun = false
    /// Failures in a row without a new byte.
    private var failures = 0
    private var sizeOfLastFailure = 0

    init(_ download: HTTPDownload, _ file: DownloadFile) {
        self.download = download
        self.file = file
        record = isRangeOfUser ? nil : file.record()
        if let record, let size = try? file.size(), size > 0 {
            progress.size = size
            progress.total = record.total
            progress.part = file.path
        }
    }

    /// Whether the caller asks for a part of its own.
    private var isRangeOfUser: Bool { download.fields[.range] != nil }

    /// One request; whether the file is whole after it.
    mutating func attempt(
        with client: HTTPClient,
        _ onProgress: (HTTPDownload.Progress) -> Void
    ) async throws -> Bool {
        let url = "\(download.url)"
        progress.size = try file.size()
        let offset = DownloadPlan.offset(having: progress.size, record, url: url)
        var fields = download.fields
        for field in DownloadPlan.fields(from: offset, record) { fields[field.name] = field.value }
        let request = HTTPClientRequest(.get, download.url, fields: fields)
        let record = record
        // The run is changed outside of the handler, which only borrows it.
        var run = self
        defer { self = run }
        return try await client.send(request) { response in
            let decision = DownloadPlan.decide(
                on: response.head,
                length: response.length,
                from: offset,
                record,
                url: url,
                isRangeOfUser: run.isRangeOfUser
            )
            return try await run.carryOut(decision, response, from: offset, onProgress)
        }
    }

    private mutating func carryOut(
        _ decision: DownloadPlan.Decision,
        _ response: HTTPClientResponse,
        from asked: Int,
        _ onProgress: (HTTPDownload.Progress) -> Void
    ) async throws -> Bool {
        switch decision {
        case .write(let offset, let total, let record):
            if offset == 0 {
                noteRestart(
                    DownloadPlan.reasonToStartOver(
                        from: asked,
                        self.record,
                        record,
                        url: "\(download.url)"
                    )
                )
            }
            try begin(at: offset, total: total, record)
            onProgress(progress)
            try await take(response, onProgress)
            if isWhole { return true }
            if let total, progress.size > total { throw HTTPDownloadError.mismatch(response.url) }
            // A part of the part is progress; nothing is not, and must not be asked for for ever.
            if progress.size > offset { return false }
            throw HTTPClientError(.truncated(received: 0, announced: nil), .get, response.url)
        case .startOver(let reason):
            noteRestart(reason)
            try begin(at: 0, total: nil, nil)
            return false
        case .fail(let status):
            throw HTTPClientError(.wrongStatus(status), .get, response.url)
        case .mismatch: throw HTTPDownloadError.mismatch(response.url)
        }
    }

    private mutating func noteRestart(_ reason: HTTPDownload.Restart.Reason) {
        guard progress.size > 0 else { return }
        progress.restartCount += 1
        progress.restart = HTTPDownload.Restart(size: progress.size, reason: reason)
    }

    private mutating func begin(at offset: Int, total: Int?, _ record: DownloadRecord?) throws {
        if !hasBegun { progress.resumedSize = offset }
        if offset == 0 { progress.resumedSize = 0 }
        hasBegun = true
        // In this order: a part never lies beside the record of another.
        try file.cut(at: offset)
        if record != self.record { try file.set(record) }
        self.record = record
        progress.size = offset
        progress.total = total
        progress.part = record != nil && offset > 0 ? file.path : nil
    }

    private mutating func take(
        _ response: HTTPClientResponse,
        _ onProgress: (HTTPDownload.Progress) -> Void
    ) async throws {
        while try await response.nextBodyPart({ part in
            try file.write(part, at: progress.size)
            progress.size += part.byteCount
            if record != nil { progress.part = file.path }
        }) {
            onProgress(progress)
        }
    }

    /// Rule 3 of ``DownloadPlan``: the body has ended without a failure.
    private var isWhole: Bool { progress.total.map { progress.size == $0 } ?? true }

    /// Notes a failed attempt; whether there should be another.
    mutating func notesFailure(_ error: HTTPClientError) -> Bool {
        progress.failureCount += 1
        failures = progress.size > sizeOfLastFailure ? 1 : failures + 1
        sizeOfLastFailure = progress.size
        guard failures <= download.failureLimit else { return false }
        if case .wrongStatus(let status) = error.reason {
            return DownloadPlan.isTemporary(status)
        }
        return DownloadPlan.mayTryAgain(after: error, hasBegun: hasBegun)
    }

    /// How long to wait before the next attempt.
    func pause() -> Duration {
        DownloadPlan.pauseLimit(after: failures) * Double.random(in: 0...1)
    }
}
