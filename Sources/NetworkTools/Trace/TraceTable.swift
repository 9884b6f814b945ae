public import Sockets

/// A trace as a state machine: probe sent, answered or given up in, the table out.
///
/// Times are nanoseconds of one clock. Rules:
/// 1. Probes are numbered in the order of their hops, and so many wait at once as the window lets.
/// 2. The first hop that answers as an end is the last row; no probe goes beyond it.
/// 3. A probe that was given up may still be answered.
/// 4. Once the end has answered, those still silent before it are waited for ``patience`` times as
///    long as the end took, and no longer than the timeout.
public struct TraceTable: Sendable {
    /// What is known of a probe.
    public enum Outcome: Sendable, Hashable {
        /// Sent, nothing came back yet.
        case waiting
        /// Given up.
        case lost
        /// This machine did not send it.
        case unsent
        /// Answered.
        case answered(TraceAnswer)
    }

    /// How many times the destination's own time the hops before it may take: 10.
    ///
    /// As the "near" wait of traceroute(8).
    static let patience: Int64 = 10
    /// And at least this long, 0.5 s: routers answer when they have nothing better to do.
    static let patienceFloor: Int64 = 500_000_000

    private struct Sent: Sendable {
        var at: Int64
        var outcome: Outcome
    }

    private let configuration: TraceConfiguration
    private let timeout: Int64
    private var sent: [Sent] = []
    private var waitingCount = 0
    /// The first hop that answered as an end, and how long that took.
    private var end: (hop: Int, time: Int64)?

    /// A table with nothing sent.
    public init(_ configuration: TraceConfiguration) {
        self.configuration = configuration
        timeout = configuration.timeout.wholeNanoseconds
    }

    /// The last hop of interest: where it ends, as far as known.
    private var lastHop: Int { end?.hop ?? configuration.maxHops }

    private func hop(of number: Int) -> Int { number / configuration.queries + 1 }

    // MARK: In

    /// The next probe to be sent, or nil when none may be now.
    public mutating func next() -> TraceProbe? {
        let number = sent.count
        guard number < configuration.probeLimit, waitingCount < configuration.window,
            hop(of: number) <= lastHop
        else { return nil }
        return TraceProbe(
            number: number,
            hop: hop(of: number),
            query: number % configuration.queries
        )
    }

    /// The probe that ``next()`` gave goes out now.
    public mutating func send(at now: Int64) {
        sent.append(Sent(at: now, outcome: .waiting))
        waitingCount += 1
    }

    /// A probe was not sent after all.
    public mutating func failToSend(_ number: Int) { settle(number, .unsent) }

    /// A probe has been answered.
    ///
    /// The first answer counts; one to a probe that was never sent is ignored. `sentAt` is when it
    /// was really sent, if that was after ``send(at:)``.
    public mutating func answer(
        _ number: Int,
        _ kind: TraceAnswer.Kind,
        from address: IPAddress,
        at time: Int64,
        sentAt: Int64? = nil
    ) {
        answer(number, kind, from: address, at: ProbeArrival(at: time), sentAt: sentAt)
    }

    /// The same, of what the kernel has stamped.
    mutating func answer(
        _ number: Int,
        _ kind: TraceAnswer.Kind,
        from address: IPAddress,
        at arrival: ProbeArrival,
        sentAt: Int64?
    ) {
        guard sent.indices.contains(number) else { return }
        if case .answered = sent[number].outcome { return }
        let duration = arrival.nanoseconds(since: sentAt ?? sent[number].at)
        let answer = TraceAnswer(kind: kind, address: address, time: .nanoseconds(duration))
        settle(number, .answered(answer))
        guard answer.isEnd, hop(of: number) < (end?.hop ?? .max) else { return }
        end = (hop(of: number), duration)
    }

    /// Gives up what has been waited for long enough.
    public mutating func expire(at now: Int64) {
        for number in sent.indices where sent[number].outcome == .waiting {
            if sent[number].at + patience(for: number) <= now { settle(number, .lost) }
        }
    }

    private mutating func settle(_ number: Int, _ outcome: Outcome) {
        guard sent.indices.contains(number) else { return }
        if sent[number].outcome == .waiting { waitingCount -= 1 }
        sent[number].outcome = outcome
    }

    private func patience(for number: Int) -> Int64 {
        guard let end else { return timeout }
        let (product, overflow) = end.time.multipliedReportingOverflow(by: Self.patience)
        return overflow ? timeout : min(timeout, max(Self.patienceFloor, product))
    }

    // MARK: Out

    /// When the next probe is to be given up; nil when none waits.
    public var nextExpiry: Int64? {
        var earliest: Int64?
        for number in sent.indices where sent[number].outcome == .waiting {
            let time = sent[number].at + patience(for: number)
            earliest = min(earliest ?? time, time)
        }
        return earliest
    }

    /// Whether nothing more is to be sent or waited for up to the last hop.
    public var isComplete: Bool {
        let needed = lastHop * configuration.queries
        return sent.count >= needed && !sent.prefix(needed).contains { $0.outcome == .waiting }
    }

    /// Whether the destination itself has answered.
    public var hasReached: Bool {
        rows.last?.outcomes.contains { outcome in
            if case .answered(let answer) = outcome { answer.kind == .destination } else { false }
        } ?? false
    }

    /// Whether anyone has answered.
    public var isAnswered: Bool {
        sent.contains { if case .answered = $0.outcome { true } else { false } }
    }

    /// The rows up to the last hop of which something was sent.
    public var rows: [TraceRow] {
        var rows: [TraceRow] = []
        for (number, probe) in sent.enumerated() {
            let hop = hop(of: number)
            guard hop <= lastHop else { break }
            if rows.count < hop { rows.append(TraceRow(hop: hop, outcomes: [])) }
            rows[hop - 1].outcomes.append(probe.outcome)
        }
        return rows
    }

    /// The rows of which everything is known, from the first on: what can be printed for good.
    public var settledRows: [TraceRow] {
        Array(
            rows.prefix { row in
                row.outcomes.count == configuration.queries && !row.outcomes.contains(.waiting)
            }
        )
    }
}

/// A hop of a trace and what its probes came to.
public struct TraceRow: Sendable, Hashable {
    /// From 1.
    public let hop: Int
    /// In the order they were sent.
    public internal(set) var outcomes: [TraceTable.Outcome]
}
