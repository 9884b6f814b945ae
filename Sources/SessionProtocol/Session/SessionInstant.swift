/// A moment on the caller's monotonic clock, in microseconds since that clock's own zero.
///
/// The protocol reads no clock: every call brings its `now`. One session, one clock; its readings
/// go over the wire (docs/session-protocol.md §1), where they mean nothing but differences.
public struct SessionInstant: Hashable, Comparable, Sendable {
    /// Microseconds since the clock's zero, below 2⁶².
    public let microseconds: UInt64

    /// The moment so many microseconds after the clock's zero; what the wire cannot say becomes
    /// the latest it can.
    public init(microseconds: UInt64) {
        self.microseconds = min(microseconds, Varint.greatest)
    }

    /// The moment `microseconds` later; past the end of time it is the end of time.
    public func advanced(byMicroseconds microseconds: UInt64) -> SessionInstant {
        let (sum, overflow) = self.microseconds.addingReportingOverflow(microseconds)
        return SessionInstant(microseconds: overflow ? .max : sum)
    }

    /// How long after `earlier` this is; zero if it is not after it.
    func microseconds(since earlier: SessionInstant) -> UInt64 {
        microseconds > earlier.microseconds ? microseconds - earlier.microseconds : 0
    }

    /// Earlier comes first.
    public static func < (a: SessionInstant, b: SessionInstant) -> Bool {
        a.microseconds < b.microseconds
    }
}
