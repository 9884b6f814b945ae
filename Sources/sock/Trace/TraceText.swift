import NetworkTools
import Sockets

/// What `sock trace` prints besides the rows.
enum TraceText {
    static func words(_ mtu: PathMTU) -> String {
        var text = "path MTU \(mtu.size)"
        if let reporter = mtu.reporter { text += ", reported by \(reporter)" }
        if !mtu.isConfirmed { text += ", or less: no packet of that size was answered" }
        return text
    }

    /// One object for each probe of a row.
    static func json(_ row: TraceRow, name: (IPAddress) -> String?) -> [JSONLine] {
        row.outcomes.enumerated().map { query, outcome in
            var line: JSONLine = [
                "event": .text("probe"), "hop": .number(row.hop), "query": .number(query + 1),
            ]
            switch outcome {
            case .waiting: line.append("outcome", .text("waiting"))
            case .lost: line.append("outcome", .text("lost"))
            case .unsent: line.append("outcome", .text("unsent"))
            case .answered(let answer):
                line.append("outcome", .text(outcomeName(answer.kind)))
                line.append("address", .text("\(answer.address)"))
                if let name = name(answer.address) { line.append("name", .text(name)) }
                line.append("time_ns", .number(Int(answer.time / .nanoseconds(1))))
                if case .unreachable(let mark) = answer.kind {
                    line.append("mark", .text(mark.text))
                    line.append("reason", .text(mark.words))
                }
            }
            return line
        }
    }

    private static func outcomeName(_ kind: TraceAnswer.Kind) -> String {
        switch kind {
        case .hop: "hop"
        case .destination: "destination"
        case .unreachable: "unreachable"
        }
    }

    static func json(reached: Bool, _ mtu: PathMTU?) -> JSONLine {
        var line: JSONLine = ["event": .text("end"), "reached": .flag(reached)]
        guard let mtu else { return line }
        line.append("path_mtu", .number(mtu.size))
        line.append("path_mtu_confirmed", .flag(mtu.isConfirmed))
        if let reporter = mtu.reporter { line.append("path_mtu_reporter", .text("\(reporter)")) }
        return line
    }
}
