/// How fast bytes have moved lately, with the time as an argument: over the last seconds only, so
/// that a transfer that stalls is seen to stall.
struct RecentRate {
    private var samples: [(time: Int64, total: Int)] = []

    /// In nanoseconds.
    ///
    /// Arbitrary: calm enough to read, and quick enough to believe.
    private static let window: Int64 = 4_000_000_000
    /// Samples kept at most; a later one takes the place of the last.
    private static let sampleLimit = 64

    /// So many bytes have moved since the beginning, at a time in nanoseconds.
    mutating func add(_ total: Int, at time: Int64) {
        // The oldest one that is out of the window is where the window begins.
        while samples.count > 1, samples[1].time <= time - Self.window { samples.removeFirst() }
        if samples.count == Self.sampleLimit { samples.removeLast() }
        samples.append((time, total))
    }

    /// Bytes a second; nil until there is something to compare.
    var bytesPerSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time else {
            return nil
        }
        return Double(last.total - first.total) * 1e9 / Double(last.time - first.time)
    }
}
