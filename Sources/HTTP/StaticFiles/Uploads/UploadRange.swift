internal import HTTPCodec
internal import HTTPTypes

/// Which part of a file the body of a PUT is (RFC 9110 §14.4, §14.5).
struct UploadRange: Equatable {
    /// Where the body begins, in bytes.
    var offset: Int
    /// How many bytes it has, or nil if only its end will say.
    var count: Int?
    /// The size of the whole file, or nil with `count`.
    var total: Int?

    /// Whether with this body the file is complete.
    var isLast: Bool {
        guard let count, let total else { return true }
        return offset + count == total
    }

    /// Reads Content-Range and Content-Length of a request; nil is for 400.
    ///
    /// The size of the whole must be said (`bytes 5-9/10`, not `/*`): it is what tells this upload
    /// from another of the same name.
    init?(_ fields: HTTPFields) {
        var length: Int?
        if let text = fields[.contentLength] {
            // More than any file: it saturates, and the limit refuses it.
            guard let value = DecimalNumber.parse(text.utf8) else { return nil }
            length = value
        }
        guard let text = fields[.contentRange] else {
            self.init(offset: 0, count: length, total: length)
            return
        }
        let words = text.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard words.count == 2, Substring(words[0]).isSameBytesIgnoringCase(as: "bytes") else {
            return nil
        }
        let halves = words[1].split(separator: UInt8(ascii: "/"), maxSplits: 1)
        guard halves.count == 2, let total = DecimalNumber.parse(halves[1]) else { return nil }
        let bounds = halves[0].split(
            separator: UInt8(ascii: "-"),
            omittingEmptySubsequences: false
        )
        guard bounds.count == 2, let first = DecimalNumber.parse(bounds[0]),
            let last = DecimalNumber.parse(bounds[1]), first <= last, last < total
        else { return nil }
        let count = last - first + 1
        guard length == nil || length == count else { return nil }
        self.init(offset: first, count: count, total: total)
    }

    init(offset: Int, count: Int?, total: Int?) {
        self.offset = offset
        self.count = count
        self.total = total
    }
}
