public import ChatCore

/// One record, and all that becomes of the archive with it.
public struct ArchiveChange: Hashable, Sendable {
    /// The record's number: one more than the last.
    public var number: UInt64
    /// The record.
    public var record: LogRecord
    /// Where its entries are shown; one that is not named is shown nowhere.
    public var entries: [Filing]
    /// Rows of the state that are new or different, and those that are gone.
    public var rows: [StateRow]
    /// What happens to places, in order, before the entries are filed.
    public var places: [PlaceChange]
    /// Messages whose words are to be gone.
    public var redacted: [LogOffset]

    /// A record that changes nothing else.
    public init(number: UInt64, record: LogRecord) {
        self.number = number
        self.record = record
        entries = []
        rows = []
        places = []
        redacted = []
    }

    /// Where one entry of the record is shown; a message there is found by its words too.
    public struct Filing: Hashable, Sendable {
        /// Its index in the record.
        public var index: Int
        /// Where it is shown.
        public var place: PlaceKey

        /// An entry that is shown at a place.
        public init(index: Int, place: PlaceKey) {
            self.index = index
            self.place = place
        }
    }
}

/// A place whose entries are read together: a room, or two people.
///
/// An archive takes it for bytes.
public struct PlaceKey: Hashable, Sendable {
    /// What tells it from all others.
    public let bytes: [UInt8]

    /// The place of these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The place of this text.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }
}

/// Something that happens to a place.
public enum PlaceChange: Hashable, Sendable {
    /// It is called something else, and keeps its entries; what was called so before is over.
    case renamed(PlaceKey, to: PlaceKey)
    /// It is over: nothing in it is found any more, and what is stored under its name from now on is
    /// another place.
    case ended(PlaceKey)
}

/// One row of the state: a value under a key, of which an archive knows nothing.
public struct StateRow: Hashable, Sendable {
    /// What it is about.
    public var kind: UInt8
    /// Which one.
    public var key: [UInt8]
    /// Its value; nil takes it out.
    public var value: [UInt8]?

    /// A row.
    public init(kind: UInt8, key: [UInt8], value: [UInt8]?) {
        self.kind = kind
        self.key = key
        self.value = value
    }
}
