public import ChatCore

/// An entry that was read back.
public struct ArchivedEntry: Hashable, Sendable {
    /// Its place in the log.
    public let offset: LogOffset
    /// When its record was made.
    public let time: WallTime
    /// Which epoch of which node its author belongs to.
    public let epoch: LogOffset
    /// The entry.
    public let entry: LogEntry

    /// An entry.
    public init(offset: LogOffset, time: WallTime, epoch: LogOffset, entry: LogEntry) {
        self.offset = offset
        self.time = time
        self.epoch = epoch
        self.entry = entry
    }
}

/// A record that was read back, with those of its entries that are still there.
public struct ArchivedRecord: Hashable, Sendable {
    /// Its number.
    public let number: UInt64
    /// The record without its entries.
    public let head: LogRecord
    /// Its entries.
    public let entries: [ArchivedEntry]

    /// A record.
    public init(number: UInt64, head: LogRecord, entries: [ArchivedEntry]) {
        self.number = number
        self.head = head
        self.entries = entries
    }
}

/// Which entries of a place.
public struct PageQuery: Hashable, Sendable {
    /// Where in the place's order.
    public enum Anchor: Hashable, Sendable {
        /// The last ones.
        case newest
        /// Those just before an offset.
        case before(LogOffset)
        /// Those just after an offset.
        case after(LogOffset)
        /// Those just before a moment.
        case beforeTime(WallTime)
        /// Those from a moment on.
        case fromTime(WallTime)
        /// Half of them up to an offset, it included, and half after it.
        case around(LogOffset)
    }

    /// Which place.
    public var place: PlaceKey
    /// Where.
    public var anchor: Anchor
    /// How many at most.
    public var limit: Int

    /// A query.
    public init(place: PlaceKey, anchor: Anchor = .newest, limit: Int) {
        self.place = place
        self.anchor = anchor
        self.limit = limit
    }
}

/// Which messages, by their words.
public struct SearchQuery: Hashable, Sendable {
    /// Bytes of a query that are looked at; what comes after is not.
    ///
    /// Arbitrary: a long sentence.
    public static let textSizeLimit = 512

    /// Words of a query that are looked for; more are not.
    ///
    /// Arbitrary; each costs a look-up.
    public static let wordLimit = 16

    /// The words, as somebody typed them: no character has a meaning of its own.
    public var text: String
    /// Where to look; nowhere else.
    public var places: [PlaceKey]
    /// Only before this offset; nil for the newest.
    public var before: LogOffset?
    /// How many at most.
    public var limit: Int

    /// A query.
    public init(_ text: String, in places: [PlaceKey], before: LogOffset? = nil, limit: Int) {
        self.text = text
        self.places = places
        self.before = before
        self.limit = limit
    }

    /// The words to look for: what is between blanks and marks, in the order typed.
    var words: [String] {
        var size = 0
        let kept = text.unicodeScalars.prefix { scalar in
            size += UTF8.width(scalar)
            return size <= Self.textSizeLimit
        }
        return Array(Self.words(of: String(String.UnicodeScalarView(kept))).prefix(Self.wordLimit))
    }

    /// What is between blanks and marks: letters and digits of any script, with their accents.
    static func words(of text: String) -> [String] {
        text.unicodeScalars.split { !isLetterOrDigit($0) && !isMark($0) }
            .filter { $0.contains(where: isLetterOrDigit) }
            .map { String(String.UnicodeScalarView($0)) }
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    /// A combining mark belongs to the letter before it.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}

/// How long a place keeps its entries.
public struct Retention: Hashable, Sendable {
    /// Which place; nil is every place that is over.
    public var place: PlaceKey?
    /// Entries before this moment go.
    public var before: WallTime
    /// The newest entries of so many bytes together stay; nil for all.
    public var size: Int?

    /// What one place keeps.
    public init(place: PlaceKey, before: WallTime = .zero, size: Int? = nil) {
        self.place = place
        self.before = before
        self.size = size
    }

    /// Nothing of the places that are over.
    public static let ended = Retention()

    private init() {
        place = nil
        before = .zero
        size = nil
    }
}
