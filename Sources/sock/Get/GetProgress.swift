internal import Sockets

/// The progress bar of a transfer, where there is a terminal for it.
final class GetProgress: Sendable {
    private struct State {
        var rate = RecentRate()
        var drawn: Int64?
    }

    /// In nanoseconds.
    ///
    /// Arbitrary: smooth enough for a bar.
    private static let pause: Int64 = 100_000_000
    /// In characters.
    private static let barWidth = 24

    private let state = Lock<State>(State())
    private let writer: StatusWriter
    /// Whether a bar is drawn.
    let isShown: Bool
    private let isJSON: Bool
    private let start = ContinuousClock.now

    /// - Parameters:
    ///   - announcer: How events are told.
    ///   - hidesBar: Whether the bar would stand in the middle of what is written.
    init(_ announcer: Announcer, hidesBar: Bool) {
        writer = StatusWriter(isPlain: announcer.isJSON)
        isJSON = announcer.isJSON
        isShown = !hidesBar && writer.showsStatus
    }

    /// So much is there.
    ///
    /// - Parameters:
    ///   - size: In bytes.
    ///   - total: What it will be.
    ///   - resumed: What was there before.
    func show(_ size: Int, of total: Int?, resumedAt resumed: Int = 0) {
        guard isShown else { return }
        let time = start.nanosecondsSince
        let rate: Double?? = state.withLock { state in
            if let drawn = state.drawn, time - drawn < Self.pause { return nil }
            state.drawn = time
            state.rate.add(size - resumed, at: time)
            return .some(state.rate.bytesPerSecond)
        }
        guard let rate else { return }
        var text = ProgressText.transfer(size, of: total, rate: rate)
        if let total, total > 0 {
            text = ProgressText.bar(size, of: total, width: Self.barWidth) + " " + text
        }
        writer.show(text)
    }

    /// The connection broke, and another is made.
    func tellBreak(at size: Int, _ count: Int) {
        if isJSON {
            let line: JSONLine = [
                "event": .text("broken"), "size": .number(size), "failures": .number(count),
            ]
            return writer.tell(line.description)
        }
        writer.tell("sock: cut at \(size) bytes; going on (\(count))")
    }

    /// Says something above the bar.
    func tell(_ notice: DownloadNotice) {
        writer.tell(isJSON ? notice.json.description : notice.words)
    }

    /// Takes the bar away.
    func end() async { await writer.finish() }
}
