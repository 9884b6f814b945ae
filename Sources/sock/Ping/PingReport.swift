import NetworkTools
import Sockets

/// What `sock ping` prints: lines like those of ping(8), or JSON.
struct PingReport: Sendable {
    let targets: PingTargets
    let pinger: Pinger
    let isJSON: Bool

    /// What the shell is told: whether anything answered.
    var status: ExitStatus {
        pinger.summaries.contains { $0.receivedCount > 0 } ? .done : .failed
    }

    func begin() {
        guard !isJSON else { return }
        let size = pinger.configuration.size
        for (host, _, first) in targets.rows {
            let headers = if case .v4 = host.address { 28 } else { 48 }
            let remark = first.map { ", asked together with \($0.name)" } ?? ""
            Printer.print(
                "PING \(host.name) (\(host.address)) \(size)(\(size + headers)) bytes of data\(remark)."
            )
        }
    }

    func tell(_ event: PingEvent) {
        for host in targets.hosts(ofAddress: event.target) {
            Printer.print(isJSON ? json(event, of: host).description : words(event, of: host))
        }
    }

    func end() {
        let summaries = pinger.summaries
        for (host, address, first) in targets.rows {
            let summary = summaries[address]
            guard isJSON else {
                Printer.print(PingSummaryText.words(host, summary))
                continue
            }
            var line = PingSummaryText.json(host, summary)
            if let first { line.append("asked_with", .text(first.name)) }
            Printer.print(line.description)
        }
        let strays = pinger.strays
        guard strays.count > 0 else { return }
        if isJSON {
            let line: JSONLine = [
                "event": .text("strays"), "foreign": .number(strays.foreignCount),
                "malformed": .number(strays.malformedCount),
            ]
            Printer.print(line.description)
        } else {
            Printer.print(
                "\nignored: \(strays.foreignCount) replies to others, "
                    + "\(strays.malformedCount) malformed"
            )
        }
    }

    // MARK: One event

    private func words(_ event: PingEvent, of host: ProbeTarget) -> String {
        switch event {
        case .reply(let reply):
            let hops = reply.hopLimit.map { " ttl=\($0)" } ?? ""
            let remark = reply.isDuplicate ? " (DUP!)" : reply.isLate ? " (late)" : ""
            return "\(reply.size) bytes from \(host.label): "
                + "icmp_seq=\(reply.sequenceNumber)\(hops) "
                + "time=\(reply.time.millisecondsText) ms\(remark)"
        case .unreachable(_, let number, let report):
            let reporter = report.reporter.map { "\($0)" } ?? "this machine"
            return "From \(reporter) icmp_seq=\(number) to \(host.address): "
                + Self.reason(report)
        case .lost(_, let number):
            return "no answer from \(host.label): icmp_seq=\(number)"
        case .unsent(_, let number, let error):
            return "not sent to \(host.label): icmp_seq=\(number): \(error.reason)"
        }
    }

    private static func reason(_ report: DatagramError) -> String {
        let words = report.icmp.map { UnreachableMark($0).words } ?? "\(report.code)"
        return report.pathMTU.map { "\(words), path MTU \($0)" } ?? words
    }

    private func json(_ event: PingEvent, of host: ProbeTarget) -> JSONLine {
        switch event {
        case .reply(let reply):
            var line = line("reply", host, reply.sequenceNumber)
            line.append("size", .number(reply.size))
            if let hops = reply.hopLimit { line.append("ttl", .number(Int(hops))) }
            line.append("time_ns", .number(Int(reply.time / .nanoseconds(1))))
            if reply.isDuplicate { line.append("duplicate", .flag(true)) }
            if reply.isLate { line.append("late", .flag(true)) }
            return line
        case .unreachable(_, let number, let report):
            var line = line("unreachable", host, number)
            if let reporter = report.reporter { line.append("reporter", .text("\(reporter)")) }
            if let icmp = report.icmp {
                line.append("icmp_type", .number(Int(icmp.type)))
                line.append("icmp_code", .number(Int(icmp.code)))
            }
            if let size = report.pathMTU { line.append("path_mtu", .number(size)) }
            line.append("reason", .text(Self.reason(report)))
            return line
        case .lost(_, let number): return line("lost", host, number)
        case .unsent(_, let number, let error):
            var line = line("unsent", host, number)
            line.append("reason", .text(error.reason))
            return line
        }
    }

    private func line(_ event: String, _ host: ProbeTarget, _ number: Int) -> JSONLine {
        [
            "event": .text(event), "host": .text(host.name),
            "address": .text("\(host.address)"), "sequence": .number(number),
        ]
    }
}

extension SocketError {
    /// Why, without what and where, which the line has already.
    fileprivate var reason: String { detail.map { "\(code), \($0)" } ?? "\(code)" }
}
