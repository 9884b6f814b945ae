internal import HTTPCodec

/// What names one state of a representation (RFC 9110 §8.8.3).
struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// Without the quotes.
    let opaque: String
    /// Says that the bytes may differ although the tag is the same.
    let isWeak: Bool

    /// `"…"` or `W/"…"`.
    var description: String { (isWeak ? "W/\"" : "\"") + opaque + "\"" }

    /// §8.8.3.2: both are strong and the same.
    func matchesStrongly(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && matchesWeakly(other)
    }

    /// §8.8.3.2: the same, weak or not.
    func matchesWeakly(_ other: EntityTag) -> Bool { opaque.isSameBytes(as: other.opaque) }
}

/// The value of If-Match and If-None-Match: any, or a list of tags.
enum EntityTagList: Equatable {
    case any
    case tags([EntityTag])

    /// A list that breaks the grammar names nothing, which is the safe reading for both fields: with
    /// If-Match nothing is changed, with If-None-Match everything is sent.
    init(parsing text: String) {
        var parser = TagParser(text.utf8[...])
        self = parser.list()
    }
}

extension EntityTag {
    /// One tag and nothing else, as in If-Range.
    init?(parsing text: String) {
        var parser = TagParser(text.utf8[...])
        guard let tag = parser.tag(), parser.isAtEnd else { return nil }
        self = tag
    }
}

private struct TagParser {
    private var rest: Substring.UTF8View

    init(_ text: Substring.UTF8View) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func list() -> EntityTagList {
        skipSpace()
        if rest.elementsEqual("*".utf8) { return .any }
        var tags: [EntityTag] = []
        while true {
            // Empty elements are allowed to a sender of a list (§5.6.1.2).
            while rest.first == UInt8(ascii: ",") {
                rest.removeFirst()
                skipSpace()
            }
            if isAtEnd { return .tags(tags) }
            guard let tag = tag() else { return .tags([]) }
            tags.append(tag)
            skipSpace()
            guard isAtEnd || rest.first == UInt8(ascii: ",") else { return .tags([]) }
        }
    }

    mutating func tag() -> EntityTag? {
        let isWeak = rest.starts(with: "W/".utf8)
        if isWeak { rest.removeFirst(2) }
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let opaque = rest[..<end]
        // etagc: any visible character but the quote, and bytes beyond ASCII.
        guard opaque.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        rest = rest[rest.index(after: end)...]
        return EntityTag(opaque: String(Substring(opaque)), isWeak: isWeak)
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
