internal import HTTPTypes

/// The conditional fields of a request, evaluated in RFC 9110's order (§13.2.2).
enum Preconditions {
    enum Outcome: Equatable {
        /// Do what was asked; a Range field counts if `honoursRange`.
        case proceed(honoursRange: Bool)
        /// 304: the client has it.
        case notModified
        /// 412: it is not what the client thinks.
        case failed
    }

    /// What to do, given what is there now, or nil if nothing is; `now` is for dates with two digits
    /// of a year.
    static func evaluate(
        _ request: HTTPRequest,
        current: Validators?,
        now: HTTPDate
    ) -> Outcome {
        let fields = request.headerFields
        let reads = request.method == .get || request.method == .head
        if let match = fields[.ifMatch] {
            guard isMatch(match, current, strongly: true) else { return .failed }
        } else if let text = fields[.ifUnmodifiedSince],
            let date = HTTPDate(parsing: text, now: now)
        {
            // What is not there has no date, and so nothing to compare (§13.1.4).
            if let current, current.lastModified > date { return .failed }
        }
        if let noneMatch = fields[.ifNoneMatch] {
            if isMatch(noneMatch, current, strongly: false) {
                return reads ? .notModified : .failed
            }
        } else if reads, let current, let text = fields[.ifModifiedSince],
            let date = HTTPDate(parsing: text, now: now), current.lastModified <= date
        {
            return .notModified
        }
        return .proceed(honoursRange: honoursRange(fields[.ifRange], current, now))
    }

    private static func isMatch(
        _ list: String,
        _ current: Validators?,
        strongly: Bool
    ) -> Bool {
        guard let current else { return false }
        switch EntityTagList(parsing: list) {
        case .any: return true
        case .tags(let tags):
            return tags.contains {
                strongly
                    ? $0.matchesStrongly(current.tag) : $0.matchesWeakly(current.tag)
            }
        }
    }

    /// §13.1.5: the part is worth something only beside the very bytes the client has the rest of.
    private static func honoursRange(
        _ condition: String?,
        _ current: Validators?,
        _ now: HTTPDate
    ) -> Bool {
        guard let condition else { return true }
        guard let current else { return false }
        if let tag = EntityTag(parsing: condition) { return tag.matchesStrongly(current.tag) }
        guard let date = HTTPDate(parsing: condition, now: now) else { return false }
        return current.isDateStrong && date == current.lastModified
    }
}
