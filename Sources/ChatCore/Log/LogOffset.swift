/// The place of an entry in the log: the number of its record × 1,024 + its place in the record.
///
/// Offsets rise with the order of the log. They are not consecutive: a record seldom has 1,024
/// entries. The numbering is the same for a log in one file and for one that many nodes share.
public struct LogOffset: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Entries a record can have, by the numbering.
    public static let placeLimit: UInt64 = 1_024

    /// The largest number of a record: offsets then fit the signed 64 bits that databases have.
    public static let recordLimit: UInt64 = (1 << 53) - 1

    /// Before every entry.
    public static let zero = LogOffset(unchecked: 0)

    /// The number itself; at most 2⁶³ − 1.
    public let rawValue: UInt64

    /// The offset of this number; nil beyond 2⁶³ − 1.
    public init?(_ rawValue: UInt64) {
        guard rawValue <= UInt64(Int64.max) else { return nil }
        self.rawValue = rawValue
    }

    /// The offset of an entry; nil where the numbering ends.
    public init?(record: UInt64, place: Int) {
        guard
            record <= Self.recordLimit, place >= 0, UInt64(place) < Self.placeLimit
        else { return nil }
        rawValue = record * Self.placeLimit + UInt64(place)
    }

    private init(unchecked rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The number of the record.
    public var record: UInt64 { rawValue / Self.placeLimit }

    /// The place in it.
    public var place: Int { Int(rawValue % Self.placeLimit) }

    /// The number.
    public var description: String { "\(rawValue)" }

    /// Earlier in the log comes first.
    public static func < (a: LogOffset, b: LogOffset) -> Bool { a.rawValue < b.rawValue }
}
