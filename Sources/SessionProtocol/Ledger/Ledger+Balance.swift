extension Ledger {
    /// What two ledgers of one session disagree on, in words; empty: every message is accounted
    /// for.
    public static func balance(_ one: Ledger, _ other: Ledger) -> [String] {
        guard one.session == other.session else { return ["they are of different sessions"] }
        guard one.role != other.role else { return ["they are of the same end"] }
        return one.problems + other.problems + flow(from: one, to: other)
            + flow(from: other, to: one)
    }

    /// Whether its own sums agree.
    private var problems: [String] {
        let explained = tally.deliveredCount + tally.refusedCount + UInt64(unsettled.count)
        guard tally.sentCount != explained else { return [] }
        return ["\(role) sent \(tally.sentCount) and explains \(explained)"]
    }

    /// What `sender` knows to be delivered, with what `receiver` would still answer, is what
    /// `receiver` took.
    private static func flow(from sender: Ledger, to receiver: Ledger) -> [String] {
        let answers = AnswerTable(receiver.answers)
        var count = sender.tally.deliveredCount
        var digest = sender.tally.deliveredDigest
        for message in sender.unsettled where answers.say(isTaken: message) {
            count += 1
            digest &+= message.hash
        }
        var problems: [String] = []
        if count != receiver.tally.takenCount {
            problems.append(
                "\(sender.role) delivered \(count), \(receiver.role) took "
                    + "\(receiver.tally.takenCount)"
            )
        }
        if digest != receiver.tally.takenDigest {
            problems.append(
                "what \(sender.role) delivered is not what \(receiver.role) took: digests "
                    + "\(Hexadecimal.text(UInt64(digest), digits: 8)) and "
                    + Hexadecimal.text(UInt64(receiver.tally.takenDigest), digits: 8)
            )
        }
        return problems
    }
}

/// A receiver's answers, to be asked for each message.
private struct AnswerTable {
    private struct Place: Hashable {
        let stream: UInt64
        let number: UInt64
    }

    private var takenCounts: [UInt64: UInt64] = [:]
    private var skipped: Set<Place> = []

    init(_ answers: [Ledger.Answer]) {
        for answer in answers {
            switch answer {
            case .taken(let stream, let count), .reset(let stream, let count):
                takenCounts[stream] = max(count, takenCounts[stream] ?? 0)
            case .skipped(let stream, let number):
                skipped.insert(Place(stream: stream, number: number))
            }
        }
    }

    func say(isTaken message: Ledger.Unsettled) -> Bool {
        message.number < takenCounts[message.stream] ?? 0
            && !skipped.contains(Place(stream: message.stream, number: message.number))
    }
}
