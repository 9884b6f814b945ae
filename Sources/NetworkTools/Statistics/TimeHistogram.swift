/// How often each length of time occurred, in memory that does not grow with their number.
///
/// Every power of two is cut into 128 equal parts, so that a time is known to 1/128 of itself, and
/// below 256 ns exactly. What is over ``timeLimit`` counts as that.
struct TimeHistogram: Sendable {
    /// 2⁴⁰ ns, over 18 minutes: longer than any probe waits.
    static let timeLimit: Int64 = 1 << 40

    /// As long as the longest time so far needs; at most 4,353 counts.
    private var counts: [Int] = []

    private(set) var total = 0

    mutating func add(nanoseconds time: Int64) {
        let place = Self.place(of: min(max(time, 0), Self.timeLimit))
        if place >= counts.count {
            counts.append(contentsOf: repeatElement(0, count: place + 1 - counts.count))
        }
        counts[place] += 1
        total += 1
    }

    /// The time that `percent` of all times do not exceed (nearest rank), or nil without any.
    func percentile(_ percent: Double) -> Int64? {
        guard total > 0 else { return nil }
        let share = min(max(percent, 0), 100) / 100
        let rank = max(1, Int((Double(total) * share).rounded(.up)))
        var seen = 0
        for (place, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return Self.middle(of: place) }
        }
        return nil
    }

    /// Where a time is counted: the power of two it lies in, and its first eight bits.
    private static func place(of time: Int64) -> Int {
        let exponent = Int64.bitWidth - 1 - max(time, 1).leadingZeroBitCount
        let shift = max(0, exponent - 7)
        return shift << 7 + Int(time >> Int64(shift))
    }

    /// The middle of the times that are counted at a place.
    private static func middle(of place: Int) -> Int64 {
        let shift = max(0, place >> 7 - 1)
        let start = Int64(place - shift << 7) << Int64(shift)
        return start + (Int64(1) << Int64(shift)) / 2
    }
}
