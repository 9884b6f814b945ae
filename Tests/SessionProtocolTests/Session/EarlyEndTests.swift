import Testing

@testable import SessionProtocol

/// A callee that ends its answers while the caller is still sending (§6).
@Suite struct EarlyEndTests {
    /// A small window, so that a caller runs out of credit at once.
    private static func pair() throws -> (SessionPair, StreamID) {
        var settings = SessionSettings()
        settings.limits.windowSize = 3_000
        settings.limits.messageSizeLimit = 2_000
        settings.queueSizeLimit = 5_000
        var pair = try SessionPair(settings: settings)
        let call = try pair.client.open(.call, name: [])
        return (pair, call)
    }

    private func fill(_ pair: inout SessionPair, _ call: StreamID) throws -> [SendID] {
        var sends: [SendID] = []
        do throws(SessionCommandError) {
            while true {
                sends.append(try pair.client.send([UInt8](repeating: 7, count: 900), on: call))
            }
        } catch {
            #expect(error == .queueFull)
        }
        return sends
    }

    /// Lets what is owed be told.
    private func settle(_ pair: inout SessionPair) {
        for _ in 0..<20 {
            pair.exchange()
            pair.wait(milliseconds: 60)
        }
        pair.exchange()
    }

    @Test(arguments: [false, true])
    func theRestIsPassedOverAndNotDelivered(isCut: Bool) throws {
        var (pair, call) = try Self.pair()
        let sends = try fill(&pair, call)
        pair.exchange()
        guard case .message(number: 0, _, _)? = pair.server.take(from: call, now: pair.now) else {
            Issue.record("nothing to take")
            return
        }
        try pair.server.finish(call, status: .limit, detail: Array("full".utf8))
        pair.server.discardRequest(of: call, now: pair.now)
        if isCut {
            var lost: [UInt8] = []
            pair.server.output(into: &lost, now: pair.now)
            pair.disconnect()
            try pair.reconnect()
        }
        settle(&pair)
        // SKIPPED stands before the TAKEN that says what was delivered.
        let receipts = pair.events().client.compactMap { event -> (SendID, Receipt)? in
            if case .receipt(call, let send, let receipt) = event { (send, receipt) } else { nil }
        }.sorted { $0.0 < $1.0 }
        #expect(receipts.map(\.0) == sends)
        #expect(receipts.first?.1 == .delivered)
        #expect(receipts.dropFirst().allSatisfy { $0.1 == .notDelivered(.closed) })
        // The answer is there, whatever came of the request.
        let end = Taken.end(status: .limit, detail: Array("full".utf8))
        #expect(pair.client.take(from: call, now: pair.now) == end)
        try pair.client.finish(call)
        settle(&pair)
        #expect(pair.events().client.contains(.closed(call)))
        #expect(Ledger.of(pair) == [])
    }

    /// The caller that waits for room is told, and what it sends then is refused.
    @Test func whoWaitsForRoomHearsOfTheEnd() throws {
        var (pair, call) = try Self.pair()
        _ = try fill(&pair, call)
        pair.exchange()
        // What a window held has gone out: the queue is full again, and stays so.
        _ = try fill(&pair, call)
        _ = pair.events()
        _ = pair.server.take(from: call, now: pair.now)
        try pair.server.finish(call)
        pair.exchange()
        #expect(pair.events().client.contains(.writable(call)))
        #expect(throws: SessionCommandError.answered) { try pair.client.send([1], on: call) }
        #expect(throws: SessionCommandError.answered) {
            try pair.client.sendGap(count: 1, cause: .trimmed, on: call)
        }
        try pair.client.finish(call)
    }

    /// What came before the callee gives up, in part or in hand, is passed over too.
    @Test func whatHasComeInPartIsPassedOver() throws {
        var pair = try SessionPair()
        pair.forge(
            .open(stream: 0, kind: .call, expiry: 0, name: []),
            .message(MessageHeader(stream: 0), payload: [1]),
            .message(MessageHeader(stream: 0), payload: [2]),
            .message(MessageHeader(stream: 0, hasMore: true), payload: [3])
        )
        let stream = StreamID(0)
        _ = pair.server.take(from: stream, now: pair.now, staysInHand: true)
        try pair.server.finish(stream)
        pair.server.discardRequest(of: stream, .limit, now: pair.now)
        pair.forge(.message(MessageHeader(stream: 0, endsFlow: true), payload: [4]))
        let answers = pair.server.ledger.answers
        #expect(
            answers == [
                .skipped(stream: 0, number: 0), .skipped(stream: 0, number: 1),
                .skipped(stream: 0, number: 2), .taken(stream: 0, count: 3),
            ]
        )
        #expect(pair.server.ledger.tally.takenCount == 0)
    }

    /// Only of a call of the other end, whose answers have ended: nobody else may pass anything over.
    @Test func whoHasNotAnsweredPassesNothingOver() throws {
        var (pair, call) = try Self.pair()
        let send = try pair.client.send([1], on: call)
        pair.exchange()
        pair.server.discardRequest(of: call, now: pair.now)
        pair.client.discardRequest(of: call, now: pair.now)
        settle(&pair)
        #expect(pair.events().client == [])
        _ = pair.server.take(from: call, now: pair.now)
        settle(&pair)
        #expect(pair.events().client == [.receipt(call, send, .delivered)])
    }
}
