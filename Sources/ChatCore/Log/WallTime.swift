/// A moment of the calendar, in milliseconds since 1970 in UTC, leap seconds not counted.
///
/// The node that makes a record stamps it; in the log it never goes back.
public struct WallTime: Hashable, Comparable, Sendable {
    /// The moment before which there is none.
    public static let zero = WallTime(milliseconds: 0)

    /// Milliseconds since 1970; never negative, and at most 2⁴⁸ − 1 (the year 10889), which is as
    /// far as a UUID of version 7 can say.
    public let milliseconds: Int64

    /// The moment so many milliseconds after 1970; the nearest that can be said.
    public init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, 0), Self.limit)
    }

    static let limit: Int64 = (1 << 48) - 1

    var bits48: UInt64 { UInt64(milliseconds) }

    /// Earlier comes first.
    public static func < (a: WallTime, b: WallTime) -> Bool { a.milliseconds < b.milliseconds }
}
