import Relays
import Sockets

/// One client of a relay and its target, as they are told.
struct RelayPassage {
    /// Counted from 1 in the order of coming.
    let number: Int
    let client: Endpoint
    /// Where the target's answers come from.
    let target: Endpoint
    /// Which address of ours the target sees.
    let local: Endpoint?

    init(_ number: Int, _ client: some ConversationLine, _ target: some ConversationLine) {
        self.number = number
        self.client = client.peerEndpoint
        self.target = target.peerEndpoint
        local = target.localEndpoint
    }

    var came: String {
        let local = local.map { " as \($0)" } ?? ""
        return "#\(number) \(client) came, and goes to \(target)\(local)"
    }

    func left(_ report: RelayReport, nanoseconds: Int64) -> String {
        let sizes =
            "\(report.toTarget.sentSize) bytes there, \(report.toClient.sentSize) bytes back"
        let words = ["\(sizes) in \(Seconds(.nanoseconds(nanoseconds)))"]
        let ending = report.ending.words.map { [$0] } ?? []
        let faults = (report.toTarget + report.toClient).faultWords
        return "#\(number) \(client) left: \((words + ending + faults).joined(separator: "; "))"
    }

    var json: JSONLine {
        [
            "event": .text("relaying"), "connection": .number(number),
            "peer": .text("\(client)"), "target": .text("\(target)"),
            "local": .text(local.map { "\($0)" } ?? ""),
        ]
    }

    func json(_ report: RelayReport, nanoseconds: Int64) -> JSONLine {
        var line: JSONLine = [
            "event": .text("relayed"), "connection": .number(number),
            "peer": .text("\(client)"), "ending": .text(report.ending.name),
            "reason": .text(report.ending.reason ?? ""),
            "duration_ns": .number(Int(nanoseconds)),
        ]
        report.toTarget.append(to: &line, "to_target")
        report.toClient.append(to: &line, "to_client")
        return line
    }
}

extension RelayEnding {
    /// For a program.
    var name: String {
        switch self {
        case .ended(nil): "ended"
        case .ended: "broken"
        case .dropped: "dropped"
        case .idle: "idle"
        case .stopped: "stopped"
        }
    }

    /// Which end broke, and how.
    var reason: String? {
        guard case .ended(let error?) = self else { return nil }
        return "\(error)".printable
    }

    /// For a person; nil where there is nothing to say.
    var words: String? {
        switch self {
        case .ended: reason
        case .dropped: "dropped"
        case .idle: "nothing has moved for too long (--idle)"
        case .stopped: "interrupted"
        }
    }
}
