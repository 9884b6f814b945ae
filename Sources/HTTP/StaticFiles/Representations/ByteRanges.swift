internal import HTTPCodec

/// The Range field of a request, for bytes (RFC 9110 §14.1.2, §14.2).
enum ByteRanges: Equatable {
    /// There is none, or none that counts: the whole representation is sent.
    case whole
    /// At least one, none empty, in the order they were asked for.
    case parts([Range<Int>])
    /// 416: each one is beyond the end.
    case unsatisfiable

    /// Parts a request may ask for before they are put together.
    ///
    /// Players and PDF readers ask for a handful. With more the whole representation is sent, which
    /// §14.2 suggests against those who ask for many small parts to make work.
    static let countLimit = 32

    /// Parts with less than this between them are sent as one, in bytes: about what the boundary and
    /// fields of another part cost.
    static let gapLimit = 80

    /// Reads a Range field for a representation of so many bytes.
    ///
    /// What breaks the grammar or names another unit is no range at all. Nor is one of an empty
    /// representation that begins at its begin: the whole is all that it asks for, and a client that
    /// goes on with an empty file takes 416 for a failure (§14.2 allows to ignore the field).
    init(parsing text: String, size: Int) {
        let pair = text.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1)
        guard pair.count == 2, Substring(pair[0]).isSameBytesIgnoringCase(as: "bytes") else {
            self = .whole
            return
        }
        var ranges: [Range<Int>] = []
        var count = 0
        for element in pair[1].split(separator: UInt8(ascii: ",")) {
            let specifier = Self.trimmed(element)
            if specifier.isEmpty { continue }
            count += 1
            guard count <= Self.countLimit, let bounds = Bounds(specifier) else {
                self = .whole
                return
            }
            if let range = bounds.range(in: size) { Self.add(range, to: &ranges) }
            if size == 0, bounds.beginsAtStart(of: size) {
                self = .whole
                return
            }
        }
        self = count == 0 ? .whole : ranges.isEmpty ? .unsatisfiable : .parts(ranges)
    }

    /// Puts a range in its place, together with those it overlaps or nearly touches.
    ///
    /// The order is that of the request; one that grew keeps the place of the first of its pieces
    /// (§15.3.7.2).
    private static func add(_ range: Range<Int>, to ranges: inout [Range<Int>]) {
        var merged = range
        var place = ranges.count
        // What has grown may touch one that it did not touch before, so each look is at all of them.
        while let index = ranges.firstIndex(where: { isClose($0, merged) }) {
            let other = ranges.remove(at: index)
            merged =
                min(other.lowerBound, merged.lowerBound)..<max(other.upperBound, merged.upperBound)
            place = min(place, index)
        }
        ranges.insert(merged, at: place)
    }

    private static func isClose(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        let start = max(left.lowerBound, right.lowerBound)
        return start - min(left.upperBound, right.upperBound) < gapLimit
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }
}

/// One range as it was written.
private enum Bounds {
    case from(Int)
    case closed(Int, Int)
    case suffix(Int)

    init?(_ text: Substring.UTF8View) {
        guard let dash = text.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let before = text[..<dash]
        let after = text[text.index(after: dash)...]
        switch (before.isEmpty, after.isEmpty) {
        case (true, true): return nil
        case (true, false):
            guard let length = DecimalNumber.parse(after) else { return nil }
            self = .suffix(length)
        case (false, true):
            guard let first = DecimalNumber.parse(before) else { return nil }
            self = .from(first)
        case (false, false):
            guard let first = DecimalNumber.parse(before), let last = DecimalNumber.parse(after),
                first <= last
            else { return nil }
            self = .closed(first, last)
        }
    }

    /// Whether the first byte it asks for would be the first there is.
    func beginsAtStart(of size: Int) -> Bool {
        switch self {
        case .from(let first), .closed(let first, _): first == 0
        case .suffix(let length): length >= size
        }
    }

    /// What of it there is, or nil if nothing.
    func range(in size: Int) -> Range<Int>? {
        switch self {
        case .from(let first): return first < size ? first..<size : nil
        case .closed(let first, let last):
            // The last position is inclusive, and may be beyond every number.
            return first < size ? first..<(last < size ? last + 1 : size) : nil
        case .suffix(let length):
            let start = max(0, size - length)
            return start < size ? start..<size : nil
        }
    }
}
