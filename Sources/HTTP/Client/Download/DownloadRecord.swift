internal import HTTPCodec

/// What is known of an unfinished download, beside its bytes: what they are a part of.
struct DownloadRecord: Equatable {
    /// Where they came from.
    let url: String

    /// What says that the rest belongs to them: a strong entity tag, or a date that is as good
    /// (RFC 9110 §13.1.5).
    let validator: String

    /// The size of the whole, if it is known.
    let total: Int?

    init(url: String, validator: String, total: Int?) {
        self.url = url
        self.validator = validator
        self.total = total
    }

    /// What a response says of what follows; nil if a part of it could not be told from another's.
    init?(_ response: HTTPResponse, url: String, total: Int?) {
        guard let validator = Self.validator(of: response.headerFields) else { return nil }
        self.init(url: url, validator: validator, total: total)
    }

    private static func validator(of fields: HTTPFields) -> String? {
        if let tag = fields[.eTag].flatMap({ EntityTag(parsing: $0) }) {
            return tag.isWeak ? nil : "\(tag)"
        }
        // A date is strong if the file was not changed in the second in which it was sent (§8.8.2.2).
        guard let modified = fields[.lastModified], let date = fields[.date] else { return nil }
        let epoch = HTTPDate(secondsSinceEpoch: 0)
        guard let changedAt = HTTPDate(parsing: modified, now: epoch),
            let sentAt = HTTPDate(parsing: date, now: epoch), changedAt < sentAt
        else { return nil }
        return modified
    }

    // MARK: As a file

    /// What such a file begins with.
    private static let title = "switchboard download 1"

    /// What says that a part is ours, and not what it is a part of.
    static var claim: String { "\(title)\n" }

    /// Whether a file begins as ours do.
    static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: claim.utf8) }

    /// Four lines.
    var text: String {
        "\(Self.title)\n\(url)\n\(validator)\n\(total.map(String.init) ?? "-")\n"
    }

    /// Reads what ``text`` wrote; nil for anything else, which is then no record.
    init?(parsing text: String) {
        // By bytes: as text, a line end and what follows it may be one character.
        let lines = text.utf8
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard lines.count == 5, lines[0] == Self.title, lines[4].isEmpty, !lines[2].isEmpty else {
            return nil
        }
        let total = DecimalNumber.parse(lines[3].utf8)
        guard total != nil || lines[3] == "-" else { return nil }
        self.init(url: lines[1], validator: lines[2], total: total)
    }
}
