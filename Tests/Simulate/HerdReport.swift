import ArgumentParser
import SessionSimulation

/// A server is killed and restarted; when its clients come back, as a histogram.
struct HerdReport {
    let sessionCount: Int
    /// Sessions a second that the server takes back.
    var sessionsPerSecond: UInt32 = 1_000
    /// How long the server is away, in milliseconds.
    var downtime = 1_000

    private static let lineCount = 20
    private static let barWidth = 50

    func run() throws {
        var herd = try Herd(
            sessionCount: sessionCount,
            sessionsPerSecond: sessionsPerSecond,
            downtime: downtime,
            seed: 0
        )
        try herd.killServer()
        print("\(sessionCount) sessions at \(sessionsPerSecond) a second, server away for")
        print("\(downtime) ms; when connections came (a refused resume, then a new session):")
        let span = max(1, herd.window / Self.lineCount)
        let counts = herd.histogram(span: span)
        let greatest = counts.max() ?? 1
        for (place, count) in counts.enumerated() {
            let bar = String(repeating: "#", count: count * Self.barWidth / max(1, greatest))
            let time = String(place * span)
            print(
                String(repeating: " ", count: max(0, 7 - time.count)) + "\(time) ms \(bar) \(count)"
            )
        }
        print("\(herd.attachedCount) are back")
        guard herd.attachedCount == sessionCount else { throw ExitCode.failure }
    }
}
