extension Ledger {
    /// The record: lines of ASCII, each with a newline behind it.
    public var text: String {
        var lines = ["switchboard-ledger 1", "session \(session) \(role)"]
        lines.append(
            "sent \(tally.sentCount) delivered \(tally.deliveredCount) refused "
                + "\(tally.refusedCount) digest \(Self.hash(tally.deliveredDigest))"
        )
        lines.append("taken \(tally.takenCount) digest \(Self.hash(tally.takenDigest))")
        for message in unsettled {
            lines.append(
                "unsettled \(message.stream) \(message.number) \(Self.hash(message.hash))"
            )
        }
        for answer in answers {
            switch answer {
            case .taken(let stream, let count): lines.append("answer taken \(stream) \(count)")
            case .skipped(let stream, let number):
                lines.append("answer skipped \(stream) \(number)")
            case .reset(let stream, let takenCount):
                lines.append("answer reset \(stream) \(takenCount)")
            }
        }
        lines.append("end")
        return lines.map { $0 + "\n" }.joined()
    }

    private static func hash(_ value: UInt32) -> String {
        Hexadecimal.text(UInt64(value), digits: 8)
    }
}

/// Where a ledger's text is not one.
public struct LedgerTextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int

    /// Line and rule.
    public var description: String { "line \(line): not a line of a ledger, or out of place" }
}

extension Ledger {
    /// Reads a record.
    ///
    /// - Throws: at the first line that is not as ``text`` writes it.
    public init(text: String) throws(LedgerTextError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        }
        guard lines.count >= 6 else { throw LedgerTextError(line: lines.count) }
        guard lines[0] == ["switchboard-ledger", "1"] else { throw LedgerTextError(line: 1) }
        guard lines[1].count == 3, lines[1][0] == "session", lines[1][1].utf8.count == 32,
            let high = UInt64(lines[1][1].prefix(16), radix: 16),
            let low = UInt64(lines[1][1].suffix(16), radix: 16),
            let role = ["client": SessionMachine.Role.client, "server": .server][lines[1][2]]
        else { throw LedgerTextError(line: 2) }
        session = SessionID(high, low)
        self.role = role
        tally = try LedgerTally(lines[2], lines[3])
        guard lines[lines.count - 1] == [""], lines[lines.count - 2] == ["end"] else {
            throw LedgerTextError(line: lines.count)
        }
        var unsettled: [Unsettled] = []
        var answers: [Answer] = []
        for index in 4..<lines.count - 2 {
            if let message = Unsettled(lines[index]), answers.isEmpty {
                unsettled.append(message)
            } else if let answer = Answer(lines[index]) {
                answers.append(answer)
            } else {
                throw LedgerTextError(line: index + 1)
            }
        }
        self.unsettled = unsettled
        self.answers = answers
    }
}

extension LedgerTally {
    fileprivate init(_ sent: [String], _ taken: [String]) throws(LedgerTextError) {
        guard sent.count == 8, sent[0] == "sent", sent[2] == "delivered", sent[4] == "refused",
            sent[6] == "digest", let sentCount = UInt64(sent[1]),
            let deliveredCount = UInt64(sent[3]), let refusedCount = UInt64(sent[5]),
            let deliveredDigest = UInt32(sent[7], radix: 16)
        else { throw LedgerTextError(line: 3) }
        guard taken.count == 4, taken[0] == "taken", taken[2] == "digest",
            let takenCount = UInt64(taken[1]), let takenDigest = UInt32(taken[3], radix: 16)
        else { throw LedgerTextError(line: 4) }
        // Sums of these must not trap: no session has had so many messages.
        guard max(sentCount, deliveredCount, refusedCount, takenCount) <= Varint.greatest else {
            throw LedgerTextError(line: 3)
        }
        self.init(
            sentCount: sentCount,
            deliveredCount: deliveredCount,
            refusedCount: refusedCount,
            deliveredDigest: deliveredDigest,
            takenCount: takenCount,
            takenDigest: takenDigest
        )
    }
}

extension Ledger.Unsettled {
    fileprivate init?(_ words: [String]) {
        guard words.count == 4, words[0] == "unsettled", let stream = UInt64(words[1]),
            let number = UInt64(words[2]), let hash = UInt32(words[3], radix: 16)
        else { return nil }
        self.init(stream: stream, number: number, hash: hash)
    }
}

extension Ledger.Answer {
    fileprivate init?(_ words: [String]) {
        guard words.count == 4, words[0] == "answer", let stream = UInt64(words[2]),
            let value = UInt64(words[3])
        else { return nil }
        switch words[1] {
        case "taken": self = .taken(stream: stream, count: value)
        case "skipped": self = .skipped(stream: stream, number: value)
        case "reset": self = .reset(stream: stream, takenCount: value)
        default: return nil
        }
    }
}
