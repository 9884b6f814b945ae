import Sessions

/// What one end has seen of what the other one sent, judged by the messages' own numbers.
///
/// The library's counts play no part in it.
struct Findings: Sendable {
    let plan: ExchangePlan
    /// Messages, values, datagrams and calls that came.
    var takenCount = 0
    /// The first few things that were wrong, in words, and how many there were.
    private(set) var mistakes: [String] = []
    private(set) var mistakeCount = 0

    /// News that are missing, and said to be.
    private(set) var gapCount = 0
    private(set) var skippedValueCount = 0
    private(set) var datagramCount = 0
    /// Calls that have run.
    private var runs: Set<Int> = []

    private var nextAudit = 0
    private var nextNews = 0
    private var nextDatagram = 0
    private var nextValues = [Int](repeating: 0, count: ExchangePlan.keyCount)

    init(_ plan: ExchangePlan) { self.plan = plan }

    var runCount: Int { runs.count }

    mutating func note(_ mistake: String) {
        mistakeCount += 1
        if mistakes.count < 10 { mistakes.append(mistake) }
    }

    mutating func takeAudit(_ element: ChannelElement) {
        switch element {
        case .message(let message):
            nextAudit = follow(nextAudit, message.bytes, "audit")
        case .gap(let gap):
            note("\(gap.count) messages of the audit are missing: \(gap.cause)")
            nextAudit += Int(gap.count)
        }
    }

    mutating func takeNews(_ element: ChannelElement) {
        switch element {
        case .message(let message):
            nextNews = follow(nextNews, message.bytes, "news")
        case .gap(let gap):
            if gap.cause != .dropped { note("news are missing: \(gap.cause)") }
            gapCount += Int(gap.count)
            nextNews += Int(gap.count)
        }
    }

    mutating func takeDatagram(_ element: ChannelElement) {
        switch element {
        case .message(let message):
            nextDatagram = follow(nextDatagram, message.bytes, "datagrams")
            datagramCount += 1
        case .gap(let gap):
            nextDatagram += Int(gap.count)
        }
    }

    mutating func take(_ element: StateElement) {
        guard case .value(let key, let bytes, let skippedCount) = element,
            let index = Int(key.text), nextValues.indices.contains(index)
        else { return note("no value, but \(element)") }
        skippedValueCount += Int(skippedCount)
        nextValues[index] = follow(nextValues[index] + Int(skippedCount), bytes, "key \(key)")
    }

    mutating func run(_ bytes: [UInt8]) {
        guard let number = NumberedPayload.number(of: bytes) else {
            return note("a call's bytes are not what was sent")
        }
        takenCount += 1
        if !runs.insert(number).inserted { note("call \(number) ran twice") }
    }

    /// How many of these calls have run.
    func runCount(of calls: some Sequence<Int>) -> Int {
        calls.count { runs.contains($0) }
    }

    /// Everything has come: looks whether that is so.
    mutating func conclude() {
        if nextAudit != plan.auditCount { note("the audit ends at \(nextAudit)") }
        if nextNews != plan.newsCount { note("the news end at \(nextNews)") }
        if nextDatagram > plan.datagramCount { note("datagrams end at \(nextDatagram)") }
        let lastCounts = (0..<ExchangePlan.keyCount).map { key in
            (plan.valueCount - key + ExchangePlan.keyCount - 1) / ExchangePlan.keyCount
        }
        if nextValues != lastCounts { note("the state ends at \(nextValues)") }
    }

    /// The number that follows a message's, which should be `expected`.
    private mutating func follow(_ expected: Int, _ bytes: [UInt8], _ name: String) -> Int {
        takenCount += 1
        guard let number = NumberedPayload.number(of: bytes) else {
            note("\(name): bytes are not what was sent, behind \(expected)")
            return expected + 1
        }
        if number != expected { note("\(name): \(number) in place of \(expected)") }
        return number + 1
    }
}
