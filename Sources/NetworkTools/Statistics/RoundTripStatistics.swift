/// What is kept of many round-trip times: the extremes, the average, how far they scatter, and
/// percentiles.
///
/// It needs the same memory for ten times as for ten million.
///
/// ```swift
/// var statistics = RoundTripStatistics()
/// statistics.add(.microseconds(41))
/// print(statistics.average ?? .zero, statistics.percentile(99) ?? .zero)
/// ```
public struct RoundTripStatistics: Sendable {
    /// How many times there were.
    public var count: Int { histogram.total }

    /// The shortest time; nil without any.
    public private(set) var minimum: Duration?

    /// The longest time; nil without any.
    public private(set) var maximum: Duration?

    // Welford's recurrence: the mean and the sum of squared distances from it, in nanoseconds.
    // A sum of squares would lose all its digits to times that are long and alike.
    private var mean = 0.0
    private var squares = 0.0
    private var histogram = TimeHistogram()

    /// No time yet.
    public init() {}

    /// Counts a time; one below zero counts as zero.
    public mutating func add(_ time: Duration) {
        let time = max(time, .zero)
        let nanoseconds = time.wholeNanoseconds
        histogram.add(nanoseconds: nanoseconds)
        minimum = min(minimum ?? time, time)
        maximum = max(maximum ?? time, time)
        let distance = Double(nanoseconds) - mean
        mean += distance / Double(count)
        squares += distance * (Double(nanoseconds) - mean)
    }

    /// The arithmetic mean; nil without any.
    public var average: Duration? { count > 0 ? .nanoseconds(Int64(mean)) : nil }

    /// The standard deviation of all times, which `ping` calls mdev; nil without any.
    public var deviation: Duration? {
        count > 0 ? .nanoseconds(Int64((max(0, squares) / Double(count)).squareRoot())) : nil
    }

    /// The time that so many of a hundred do not exceed (nearest rank), to within 1 %; nil without
    /// any.
    public func percentile(_ percent: Double) -> Duration? {
        guard let minimum, let maximum, let time = histogram.percentile(percent) else { return nil }
        // The middle of a range of the histogram may lie outside what really occurred.
        return min(max(.nanoseconds(time), minimum), maximum)
    }
}

extension Duration {
    /// Nanoseconds, rounded down, at the ends of Int64 when they do not fit.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }
}
