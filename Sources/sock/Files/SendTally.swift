import Files

/// How far several files have come, with the time as an argument, and the one line that says so.
struct SendTally {
    /// What the other end had of a file, and has now.
    private struct Moving {
        var start: Int
        var offset: Int
    }

    /// In nanoseconds.
    ///
    /// Arbitrary: smooth enough for a bar.
    private static let pause: Int64 = 100_000_000
    /// In characters.
    private static let barWidth = 24

    private let totalSize: Int
    let totalCount: Int
    private var moving: [BytePath: Moving] = [:]
    private var endedSize = 0
    private var endedCount = 0
    /// Of those that ended well.
    private var thereSize = 0
    private var thereCount = 0
    /// What has moved here, without what was there before.
    private var movedSize = 0
    private var rate = RecentRate()
    private var drawn: Int64?

    init(_ files: [OutgoingFile]) {
        totalSize = files.reduce(0) { $0 &+ $1.size }
        totalCount = files.count
    }

    /// So much of a file is there; the first time, so much was there before.
    ///
    /// - Returns: The line to show, or nil when one was shown just now.
    mutating func moved(_ name: BytePath, to offset: Int, at time: Int64) -> String? {
        if let before = moving[name] {
            movedSize += max(0, offset - before.offset)
            moving[name] = Moving(start: before.start, offset: offset)
        } else {
            moving[name] = Moving(start: offset, offset: offset)
        }
        if let drawn, time - drawn < Self.pause { return nil }
        drawn = time
        return line(at: time)
    }

    /// Whether any file has moved, or was there.
    var hasBegun: Bool { endedCount > 0 || !moving.isEmpty }

    /// What is there by now.
    func totals(at time: Int64) -> SendTotals {
        SendTotals(
            count: thereCount,
            totalCount: totalCount,
            size: moving.values.reduce(thereSize) { $0 &+ $1.offset },
            totalSize: totalSize,
            nanoseconds: time
        )
    }

    /// A file is done with, well or not.
    ///
    /// - Returns: What of it had been there before.
    mutating func ended(_ file: OutgoingFile, isThere: Bool) -> Int {
        endedSize += file.size
        endedCount += 1
        if isThere {
            thereSize += file.size
            thereCount += 1
        }
        return moving.removeValue(forKey: file.name)?.start ?? 0
    }

    private mutating func line(at time: Int64) -> String {
        rate.add(movedSize, at: time)
        let size = moving.values.reduce(endedSize) { $0 &+ $1.offset }
        let bar =
            totalSize > 0
            ? ProgressText.bar(size, of: totalSize, width: Self.barWidth) + " " : ""
        let text = ProgressText.transfer(size, of: totalSize, rate: rate.bytesPerSecond)
        return bar + text + (totalCount > 1 ? " (\(endedCount) of \(totalCount) files)" : "")
    }
}
