import NetworkTools
import Sockets

/// What `sock scan` prints.
final class ScanReport: Sendable {
    private let target: ProbeTarget
    private let isJSON: Bool
    private let printsAll: Bool
    private let counts = Lock(ScanCounts())

    init(target: ProbeTarget, isJSON: Bool, printsAll: Bool) {
        self.target = target
        self.isJSON = isJSON
        self.printsAll = printsAll
    }

    var hasOpenPort: Bool { counts.withLock { $0.open > 0 } }

    func tell(_ port: ScannedPort) {
        counts.withLock { counts in
            switch port.state {
            case .open: counts.open += 1
            case .closed: counts.closed += 1
            case .filtered: counts.filtered += 1
            }
        }
        if isJSON {
            Printer.print(json(port).description)
        } else if printsAll || port.state == .open {
            let why = reason(port.state).map { " (\($0))" } ?? ""
            Printer.print(
                "\(port.port)/tcp \(port.state.name) \(port.time.millisecondsText) ms\(why)"
            )
        }
    }

    func end() {
        let counts = counts.withLock { $0 }
        if isJSON {
            let line: JSONLine = [
                "event": .text("summary"), "host": .text(target.name),
                "address": .text("\(target.address)"), "open": .number(counts.open),
                "closed": .number(counts.closed), "filtered": .number(counts.filtered),
            ]
            Printer.print(line.description)
        } else {
            let words =
                "\(target.label): \(counts.open) open, \(counts.closed) closed, "
                + "\(counts.filtered) filtered"
            StatusWriter(isPlain: false).tell(words)
        }
    }

    private func json(_ port: ScannedPort) -> JSONLine {
        var line: JSONLine = [
            "event": .text("port"), "host": .text(target.name),
            "address": .text("\(target.address)"), "port": .number(Int(port.port)),
            "state": .text(port.state.name), "time_ns": .number(Int(port.time / .nanoseconds(1))),
        ]
        if let reason = reason(port.state) { line.append("reason", .text(reason)) }
        return line
    }

    private func reason(_ state: PortState) -> String? {
        guard case .filtered(let reason) = state else { return nil }
        return switch reason {
        case .silence: "no answer"
        case .failed(let code): "\(code)"
        case .reported(let reporter, let mark):
            (mark?.words ?? "unreachable") + (reporter.map { ", says \($0)" } ?? "")
        }
    }
}

/// How many ports of each kind.
struct ScanCounts {
    var open = 0
    var closed = 0
    var filtered = 0
}
