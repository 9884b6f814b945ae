/// A moment on the caller's clock, in nanoseconds since that clock's own zero.
///
/// The core reads no clock: every call brings its `now`. Use one monotonic clock for one
/// ``Chat``; a moment before one already seen is taken for the latest seen.
public struct ChatInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's zero.
    public var nanoseconds: Int64

    /// The moment so many nanoseconds after the clock's zero.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The moment `nanoseconds` later; past the end of time it is the end of time.
    public func advanced(byNanoseconds nanoseconds: Int64) -> ChatInstant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        guard overflow else { return ChatInstant(nanoseconds: sum) }
        return ChatInstant(nanoseconds: nanoseconds < 0 ? .min : .max)
    }

    /// Earlier comes first.
    public static func < (a: ChatInstant, b: ChatInstant) -> Bool {
        a.nanoseconds < b.nanoseconds
    }
}
