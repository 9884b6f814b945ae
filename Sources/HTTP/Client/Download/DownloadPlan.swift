internal import HTTPCodec
internal import Sockets

/// What a download asks for, and what it does with the answer; nothing here touches a file or a socket.
///
/// Rule 1. A part is only ever continued with bytes that the server says belong to it.
/// Rule 2. Where that cannot be said, the whole is asked for again.
/// Rule 3. A file is complete when the whole's size has come, or, if nobody knows it, when a body has
///         ended as bodies do.
enum DownloadPlan {
    /// What a response leads to.
    enum Decision: Equatable {
        /// Cut the file at a place and write the body there; the record says what it will be a part of.
        case write(at: Int, total: Int?, DownloadRecord?)
        /// The rest is not to be had: ask for the whole.
        case startOver(HTTPDownload.Restart.Reason)
        /// There is nothing to write; see ``isTemporary(_:)``.
        case fail(HTTPResponse.Status)
        /// The server sent a part of something else than was asked for.
        case mismatch
    }

    /// From which byte on to ask, having so many.
    ///
    /// Of a part that is as long as the whole the last byte is asked for: the answer says whether the
    /// rest still belongs to it.
    static func offset(having size: Int, _ record: DownloadRecord?, url: String) -> Int {
        guard let record, record.url == url else { return 0 }
        guard let total = record.total else { return size }
        return size > total ? 0 : max(0, min(size, total - 1))
    }

    /// The fields of the request.
    static func fields(from offset: Int, _ record: DownloadRecord?) -> HTTPFields {
        // Ranges are of what is sent: compressed anew each time, its parts would not fit together.
        var fields: HTTPFields = [.acceptEncoding: "identity"]
        if offset > 0, let record {
            fields[.range] = "bytes=\(offset)-"
            fields[.ifRange] = record.validator
        }
        return fields
    }

    /// What to do with a response to a request from an offset on.
    ///
    /// `isRangeOfUser`: The request asked for a range of the caller's: what comes is what was asked for, and
    /// no part of a part.
    static func decide(
        on response: HTTPResponse,
        length: UInt64?,
        from offset: Int,
        _ record: DownloadRecord?,
        url: String,
        isRangeOfUser: Bool = false
    ) -> Decision {
        let total = length.flatMap { Int(exactly: $0) }
        switch response.status {
        case .partialContent where isRangeOfUser: return .write(at: 0, total: total, nil)
        case .partialContent: return continuation(response, from: offset, record)
        // Of these alone it is said that they are what is there, of which a later answer may be a part.
        case .ok, .nonAuthoritativeInformation:
            let record =
                isRangeOfUser ? nil : DownloadRecord(response, url: url, total: total)
            return .write(at: 0, total: total, record)
        case .rangeNotSatisfiable where offset > 0: return .startOver(.changed)
        case let status where status.hasContentAsked: return .write(at: 0, total: total, nil)
        default: return .fail(response.status)
        }
    }

    /// Why what was there is of no use, when the whole comes.
    static func reasonToStartOver(
        from offset: Int,
        _ old: DownloadRecord?,
        _ new: DownloadRecord?,
        url: String
    ) -> HTTPDownload.Restart.Reason {
        guard let old else { return .unverifiable }
        guard old.url == url else { return .otherSource }
        guard offset > 0, let new else { return .changed }
        return new.validator.utf8.elementsEqual(old.validator.utf8) ? .notContinued : .changed
    }

    private static func continuation(
        _ response: HTTPResponse,
        from offset: Int,
        _ record: DownloadRecord?
    ) -> Decision {
        guard offset > 0, let record else { return .mismatch }
        let text = response.headerFields[.contentRange]
        guard let part = text.flatMap({ ContentRange(parsing: $0) }),
            part.range.lowerBound == offset
        else { return .startOver(.notContinued) }
        if let known = record.total, let total = part.total, known != total {
            return .startOver(.changed)
        }
        // A server that sent another tag has not understood the condition.
        let tag = response.headerFields[.eTag].flatMap { EntityTag(parsing: $0) }
        if let tag, record.validator.utf8.first == UInt8(ascii: "\""),
            !"\(tag)".utf8.elementsEqual(record.validator.utf8)
        {
            return .startOver(.changed)
        }
        let total = part.total ?? record.total
        let grown = DownloadRecord(url: record.url, validator: record.validator, total: total)
        return .write(at: offset, total: total, grown)
    }

    // MARK: After a failure

    /// Whether a server that answered so may do better later (RFC 9110 §15.5.9, §15.6, RFC 6585 §4).
    static func isTemporary(_ status: HTTPResponse.Status) -> Bool {
        [408, 425, 429, 500, 502, 503, 504].contains(status.code)
    }

    /// Whether another attempt may do better: the stream broke, or the server gave up.
    ///
    /// `hasBegun`: Whether a response has come before, in this run: a name that was mistyped
    /// is told at once.
    static func mayTryAgain(after error: HTTPClientError, hasBegun: Bool) -> Bool {
        switch error.reason {
        case .unanswered, .truncated, .bodyTooSlow, .headTooSlow: true
        case .streamFailed: error.socketError?.code != .cancelled
        case .notConnected:
            hasBegun
                && error.socketError.map {
                    ![.cancelled, .closed, .untrustedPeer].contains($0.code)
                }
                    ?? false
        default: false
        }
    }

    /// The bound of the pause after so many failures in a row without a new byte: all of it is random.
    ///
    /// Arbitrary: a server that restarts is met soon, and one that stays away is not bothered.
    static func pauseLimit(after failures: Int) -> Duration {
        min(.milliseconds(250 * (1 << min(max(failures - 1, 0), 10))), .seconds(30))
    }
}
