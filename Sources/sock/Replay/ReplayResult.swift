import Sockets

/// How the replay of one conversation went: the output of `sock replay`.
struct ReplayResult: Sendable {
    let number: Int
    let traffic: Traffic
    let nanoseconds: Int64
    let isChecked: Bool
    /// Nil when it went to its end.
    let failure: Failure?
    let difference: AnswerCheck.Difference?

    init(
        of number: Int,
        _ traffic: Traffic?,
        nanoseconds: Int64,
        isChecked: Bool,
        _ error: (any Error)? = nil
    ) {
        self.number = number
        self.traffic = traffic ?? Traffic()
        self.nanoseconds = nanoseconds
        self.isChecked = isChecked
        failure = error.map { Failure($0) }
        difference = error as? AnswerCheck.Difference
    }

    /// Why it did not go to its end.
    private var reason: String? { failure.map { $0.message ?? "stopped" } }

    var words: String {
        let moved =
            "connection \(number): \(traffic.sent), \(traffic.received) in"
            + " \(Seconds(.nanoseconds(nanoseconds)))"
        if let reason { return "\(moved): \(reason)" }
        return isChecked ? "\(moved), as recorded" : moved
    }

    var json: JSONLine {
        var line: JSONLine = [
            "event": .text("replayed"), "connection": .number(number),
        ]
        traffic.append(to: &line)
        line.append("duration_ns", .number(Int(nanoseconds)))
        let outcome = difference != nil ? "differs" : failure != nil ? "failed" : "done"
        line.append("outcome", .text(isChecked && failure == nil ? "as_recorded" : outcome))
        if let difference {
            if let datagram = difference.datagram { line.append("datagram", .number(datagram)) }
            line.append("offset", .number(difference.offset))
            line.append("expected_hex", .text(AnswerCheck.Difference.hex(difference.expected)))
            line.append("got_hex", .text(AnswerCheck.Difference.hex(difference.got)))
        }
        if let reason { line.append("reason", .text(reason)) }
        return line
    }
}
