import Testing

@testable import sock

@Suite struct RecordingLedgerTests {
    /// The ledger after these events; the line of a mistake is its index from 1.
    private func ledger(
        _ events: [(Int64, Int, RecordingEvent.Kind)]
    ) throws(RecordingError) -> RecordingLedger {
        var ledger = RecordingLedger()
        for (index, (nanoseconds, connection, kind)) in events.enumerated() {
            let event = RecordingEvent(
                nanoseconds: nanoseconds,
                connection: connection,
                kind: kind
            )
            try ledger.take(event, line: index + 1, offset: Int64(index * 10))
        }
        return ledger
    }

    private static let opened = RecordingEvent.Kind.opened(local: nil, peer: nil)
    private static let closed = RecordingEvent.Kind.closed(
        receivedSize: nil,
        sentSize: nil,
        reason: nil
    )

    @Test func conversationsAreCountedAndSummedUp() throws {
        let ledger = try ledger([
            (0, 1, Self.opened), (1, 2, Self.opened), (2, 1, .bytes(.received, [1, 2, 3])),
            (2, 2, .bytes(.sent, [4])), (3, 1, .end(.received)), (4, 1, .bytes(.sent, [5, 6])),
            (5, 1, .closed(receivedSize: 3, sentSize: 2, reason: nil)), (6, 5, Self.opened),
            (7, 2, .reset(.received)), (8, 2, Self.closed),
        ])
        #expect(ledger.conversations.map(\.number) == [1, 2, 5])
        #expect(ledger.conversations.map(\.offset) == [0, 10, 70])
        #expect(ledger.conversations.map(\.receivedSize) == [3, 0, 0])
        #expect(ledger.conversations.map(\.sentSize) == [2, 1, 0])
        #expect(ledger.conversations.map(\.receivedHasEnded) == [true, false, false])
        #expect(ledger.conversations.map(\.reset) == [nil, .received, nil])
        #expect(ledger.conversations.map(\.isWhole) == [true, true, false])
        #expect(ledger.openPeak == 2)
        #expect(!ledger.isWhole)
    }

    @Test(
        arguments: [
            ([(5, 1, opened), (4, 1, closed)], "time goes back here"),
            ([(0, 1, .end(.sent))], "connection 1 is not open"),
            ([(0, 1, opened), (0, 1, closed), (0, 1, .end(.sent))], "connection 1 is not open"),
            (
                [(0, 1, opened), (0, 1, opened)],
                "connection 1 is opened again, or after one of a higher number"
            ),
            (
                [(0, 3, opened), (0, 2, opened)],
                "connection 2 is opened again, or after one of a higher number"
            ),
            (
                [(0, 1, opened), (0, 1, .end(.sent)), (0, 1, .bytes(.sent, []))],
                "what was sent has ended before"
            ),
            (
                [(0, 1, opened), (0, 1, .end(.received)), (0, 1, .end(.received))],
                "what was received has ended before"
            ),
            (
                [(0, 1, opened), (0, 1, .reset(.sent)), (0, 1, .bytes(.received, [1]))],
                "connection 1 has been reset before"
            ),
            (
                [(0, 1, opened), (0, 1, .closed(receivedSize: 1, sentSize: nil, reason: nil))],
                "received_size is 1, and the lines before have 0 bytes"
            ),
            (
                [(0, 1, opened), (0, 1, .closed(receivedSize: 0, sentSize: 9, reason: nil))],
                "sent_size is 9, and the lines before have 0 bytes"
            ),
        ] as [([(Int64, Int, RecordingEvent.Kind)], String)]
    )
    func aRuleThatIsBrokenNamesTheLine(
        _ events: [(Int64, Int, RecordingEvent.Kind)],
        _ what: String
    ) {
        #expect(throws: RecordingError(line: events.count, what: what)) { try ledger(events) }
    }
}
