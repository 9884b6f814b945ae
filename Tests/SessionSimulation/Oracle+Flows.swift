import SessionProtocol

/// What was sent one way on one stream (of a state: with one key), in order.
struct Flow {
    enum Entry {
        case message(Int)
        /// The sender said that so many numbers are missing here.
        case gap(UInt64)
    }

    let name: FlowName
    let kind: StreamKind
    let clock: SimulatedClock
    var entries: [Entry] = []
    /// Its stream was reset by its sender: what was not taken may be withdrawn.
    var isReset = false
    /// Entries before this one were taken, or explained.
    var passedCount = 0
}

struct FlowName: Hashable {
    let sender: Int
    let stream: StreamID
    var key = 0
}

/// What stands between two messages that were taken, as the receiver was told.
struct MissingNumbers {
    var dropped: UInt64 = 0
    var trimmed: UInt64 = 0
    var withdrawn: UInt64 = 0
    /// Of a state: values that newer ones replaced; they have no number.
    var superseded: UInt64 = 0

    /// Gives false if no gap has this cause.
    mutating func add(_ gap: Gap) -> Bool {
        switch gap.cause {
        case .dropped: dropped += gap.count
        case .trimmed: trimmed += gap.count
        case .cancelled, .deadline: withdrawn += gap.count
        default: return false
        }
        return true
    }
}

extension Oracle {
    /// A stream on which `sender` sends; gives the number of its first flow.
    mutating func openFlows(
        _ sender: Int,
        _ stream: StreamID,
        _ kind: StreamKind,
        _ clock: SimulatedClock
    ) -> Int {
        let first = flows.count
        for key in 0..<(kind == .state ? SimulatedEnd.keyCount : 1) {
            let name = FlowName(sender: sender, stream: stream, key: key)
            flowNumbers[name] = flows.count
            flows.append(Flow(name: name, kind: kind, clock: clock))
        }
        return first
    }

    /// `sender` has reset a stream.
    mutating func reset(_ sender: Int, _ stream: StreamID) {
        for key in 0..<SimulatedEnd.keyCount {
            let name = FlowName(sender: sender, stream: stream, key: key)
            if let flow = flowNumbers[name] { flows[flow].isReset = true }
        }
    }

    /// The receiver has message `id`: what was sent before it and did not come must be explained.
    mutating func pass(through id: Int, in flow: Int, _ told: MissingNumbers) {
        guard messages[id].flow == flow else {
            fail("message \(id) arrived in another stream")
            return
        }
        var sent = MissingNumbers()
        while flows[flow].passedCount < flows[flow].entries.count {
            let entry = flows[flow].entries[flows[flow].passedCount]
            flows[flow].passedCount += 1
            if case .message(id) = entry {
                compare(told, sent, flows[flow])
                return
            }
            explain(entry, flows[flow], &sent)
        }
        fail("message \(id) arrived after a later one")
    }

    /// The receiver has seen the end of a flow: nothing is left without a word.
    mutating func passAll(of flow: Int, _ told: MissingNumbers) {
        var sent = MissingNumbers()
        for entry in flows[flow].entries[flows[flow].passedCount...] {
            explain(entry, flows[flow], &sent)
        }
        flows[flow].passedCount = flows[flow].entries.count
        // No value came that could have said how many it replaced; nor a datagram after which
        // others could be missed.
        if flows[flow].kind == .state { sent.superseded = told.superseded }
        if flows[flow].kind == .datagram { sent.dropped = told.dropped }
        compare(told, sent, flows[flow])
    }

    /// Why a message did not come, from what its sender was told.
    private mutating func explain(
        _ entry: Flow.Entry,
        _ flow: Flow,
        _ sent: inout MissingNumbers
    ) {
        guard case .message(let id) = entry else {
            if case .gap(let count) = entry { sent.trimmed += count }
            return
        }
        switch messages[id].receipt {
        case .notDelivered(.dropped)?: sent.dropped += 1
        case .notDelivered(.superseded)?: sent.superseded += 1
        case .unknown(.unacknowledged)? where flow.kind == .datagram: sent.dropped += 1
        default:
            if flow.isReset || messages[id].mayBeWithdrawn {
                sent.withdrawn += 1
            } else {
                fail("message \(id) is missing without a word")
            }
        }
    }

    /// What the receiver was told against what was sent and did not come.
    private mutating func compare(_ told: MissingNumbers, _ sent: MissingNumbers, _ flow: Flow) {
        // What was withdrawn before it was written has no number, so no gap stands for it. Of a
        // state such a value takes what it had replaced with it; and its gaps have no key.
        let hasWithdrawn = sent.withdrawn > 0
        let isExplained =
            told.dropped == sent.dropped && told.trimmed == sent.trimmed
            && (told.withdrawn <= sent.withdrawn || flow.kind == .state)
            && (told.superseded == sent.superseded
                || hasWithdrawn && told.superseded < sent.superseded)
        if !isExplained {
            fail("the gap in stream \(flow.name.stream) says \(told), and is \(sent)")
        }
    }
}
