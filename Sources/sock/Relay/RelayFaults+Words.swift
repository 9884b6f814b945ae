import Relays

extension RelayFaults {
    /// What goes wrong, in words: `each direction is delayed by 20 ms`.
    var words: [String] { delayWords + streamWords + datagramWords }

    private var delayWords: [String] {
        let varying = jitter > .zero ? "give or take \(TimeSpan(jitter))" : nil
        guard delay > .zero else {
            return varying.map { ["each direction is delayed, \($0)"] } ?? []
        }
        let words = "each direction is delayed by \(TimeSpan(delay))"
        return [words + (varying.map { ", \($0)" } ?? "")]
    }

    private var streamWords: [String] {
        var words: [String] = []
        if let bytesPerSecond {
            words.append("each direction moves at most \(bytesPerSecond) bytes a second")
        }
        if let chunkSize { words.append("streams go in pieces of at most \(chunkSize) bytes") }
        if let dropInterval {
            let how = dropsWithReset ? " with a reset" : ""
            words.append("each connection is dropped\(how) after \(TimeSpan(dropInterval))")
        }
        if let blackHoleAfter {
            words.append(
                "everything vanishes"
                    + (blackHoleAfter > .zero ? " after \(TimeSpan(blackHoleAfter))" : "")
            )
        }
        if isHalfOpen { words.append("one side is not told that the other has ended") }
        return words
    }

    private var datagramWords: [String] {
        [
            (loss, "are lost"), (duplication, "are sent twice"),
            (reordering, "are overtaken by the next"),
        ].filter { $0.0 > 0 }.map { "\(Self.percent($0.0)) % of the datagrams \($0.1)" }
    }

    /// Without a fraction of zero: `5`, `0.5`.
    private static func percent(_ share: Double) -> String {
        let percent = share * 100
        return percent == percent.rounded() ? "\(Int(percent))" : "\(percent)"
    }
}
