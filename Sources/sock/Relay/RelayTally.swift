import Relays
import Sockets

/// What a relay has done, as it is told at its end.
struct RelayTotals: Equatable {
    var clientCount = 0
    var refusedCount = 0
    var droppedCount = 0
    var idleCount = 0
    var toTarget = FlowCounts()
    var toClient = FlowCounts()

    /// `relayed 3 connections: 36 bytes to the target, 120 bytes back; 2 dropped, 1 turned away`.
    var words: String {
        let connections = clientCount == 1 ? "1 connection" : "\(clientCount) connections"
        let sizes = "\(toTarget.sentSize) bytes to the target, \(toClient.sentSize) bytes back"
        var remarks: [String] = []
        for (count, word) in [
            (droppedCount, "dropped"), (idleCount, "idle for too long"),
            (refusedCount, "turned away"),
        ] where count > 0 {
            remarks.append("\(count) \(word)")
        }
        return (["relayed \(connections): \(sizes)"] + remarks + (toTarget + toClient).faultWords)
            .joined(separator: "; ")
    }

    var json: JSONLine {
        var line: JSONLine = [
            "event": .text("totals"), "connections": .number(clientCount),
            "dropped": .number(droppedCount), "idle": .number(idleCount),
            "turned_away": .number(refusedCount),
        ]
        toTarget.append(to: &line, "to_target")
        toClient.append(to: &line, "to_client")
        return line
    }
}

extension FlowCounts {
    /// What a person may want to know of what did not arrive as it was sent.
    var faultWords: [String] {
        [
            (swallowedSize, "bytes swallowed"), (lostCount, "datagrams lost"),
            (doubledCount, "doubled"), (reorderedCount, "overtaken"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    }

    /// The members of an event.
    func append(to line: inout JSONLine, _ name: String) {
        line.append("\(name)_received_size", .number(receivedSize))
        line.append("\(name)_sent_size", .number(sentSize))
        line.append("\(name)_swallowed_size", .number(swallowedSize))
        line.append("\(name)_received_count", .number(receivedCount))
        line.append("\(name)_sent_count", .number(sentCount))
        line.append("\(name)_lost_count", .number(lostCount))
        line.append("\(name)_doubled_count", .number(doubledCount))
        line.append("\(name)_reordered_count", .number(reorderedCount))
    }
}

/// Counts what a relay does, and numbers its clients from 1 in the order of their coming.
final class RelayTally: Sendable {
    private let state = Lock(RelayTotals())

    var totals: RelayTotals { state.withLock { $0 } }

    func come() -> Int {
        state.withLock { state in
            state.clientCount += 1
            return state.clientCount
        }
    }

    func turnAway() { state.withLock { $0.refusedCount += 1 } }

    func leave(_ report: RelayReport) {
        state.withLock { state in
            switch report.ending {
            case .dropped: state.droppedCount += 1
            case .idle: state.idleCount += 1
            case .ended, .stopped: break
            }
            state.toTarget = state.toTarget + report.toTarget
            state.toClient = state.toClient + report.toClient
        }
    }
}
