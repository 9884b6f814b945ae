import NetworkTools
import Sockets

/// What `sock ping` prints of a target at the end.
enum PingSummaryText {
    private static let percentiles: [Double] = [50, 90, 99]

    static func words(_ target: ProbeTarget, _ summary: PingSummary) -> String {
        var counts = [
            "\(summary.sentCount) packets transmitted", "\(summary.receivedCount) received",
        ]
        let optional = [
            (summary.duplicateCount, "duplicates"), (summary.lateCount, "late"),
            (summary.errorCount, "errors"), (summary.corruptedCount, "corrupted ignored"),
            (summary.wrongChecksumCount, "wrong checksums ignored"),
            (summary.unknownCount, "unasked ignored"), (summary.waitingCount, "under way"),
        ]
        for (count, name) in optional where count > 0 { counts.append("\(count) \(name)") }
        counts.append("\(percent(summary.loss))% packet loss")
        counts.append("time \(Int(summary.duration / .milliseconds(1)))ms")
        var text = "\n--- \(target.name) ping statistics ---\n" + counts.joined(separator: ", ")
        let times = summary.times
        if let minimum = times.minimum, let average = times.average, let maximum = times.maximum,
            let deviation = times.deviation
        {
            let values = [minimum, average, maximum, deviation].map(\.exactMillisecondsText)
            text += "\nrtt min/avg/max/mdev = \(values.joined(separator: "/")) ms"
            let shares = percentiles.compactMap { times.percentile($0)?.exactMillisecondsText }
            text += "\nrtt p50/p90/p99 = \(shares.joined(separator: "/")) ms"
        }
        return text
    }

    /// Without digits after the point unless it has any: `0`, `33.3333`.
    private static func percent(_ share: Double) -> String {
        let parts = Int((share * 1_000_000).rounded())
        guard parts % 10_000 != 0 else { return "\(parts / 10_000)" }
        let fraction = String(parts % 10_000)
        return "\(parts / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }

    static func json(_ target: ProbeTarget, _ summary: PingSummary) -> JSONLine {
        var line: JSONLine = [
            "event": .text("summary"), "host": .text(target.name),
            "address": .text("\(target.address)"), "sent": .number(summary.sentCount),
            "received": .number(summary.receivedCount),
            "duplicates": .number(summary.duplicateCount), "late": .number(summary.lateCount),
            "errors": .number(summary.errorCount), "corrupted": .number(summary.corruptedCount),
            "wrong_checksum": .number(summary.wrongChecksumCount),
            "unasked": .number(summary.unknownCount), "under_way": .number(summary.waitingCount),
            "duration_ms": .number(Int(summary.duration / .milliseconds(1))),
        ]
        let times = summary.times
        for (name, time) in [
            ("min_ns", times.minimum), ("avg_ns", times.average), ("max_ns", times.maximum),
            ("mdev_ns", times.deviation), ("p50_ns", times.percentile(50)),
            ("p90_ns", times.percentile(90)), ("p99_ns", times.percentile(99)),
        ] {
            if let time { line.append(name, .number(Int(time / .nanoseconds(1)))) }
        }
        return line
    }
}
