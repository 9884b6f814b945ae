import Testing

@testable import SessionProtocol

/// A message that its application was given, and has not said to be done with.
@Suite struct InHandTests {
    /// A log with two messages, of which the server has the first in hand.
    private struct Bench {
        var pair: SessionPair
        let log: StreamID
        let first: SendID
        let second: SendID

        init() throws {
            pair = try SessionPair()
            log = try pair.client.open(.log, name: [])
            first = try pair.client.send([1], on: log)
            second = try pair.client.send([2], on: log)
            pair.exchange()
            #expect(take() == .message(number: 0, payload: [1], isLast: false))
            pair.exchange()
            #expect(pair.events().client.isEmpty, "nothing is said of what is in hand")
        }

        mutating func take() -> Taken? {
            pair.server.take(from: log, now: pair.now, staysInHand: true)
        }

        /// What the client has heard since the last time.
        mutating func receipts() -> [SendID: Receipt] {
            pair.exchange()
            var receipts: [SendID: Receipt] = [:]
            for case .receipt(_, let send, let receipt) in pair.events().client {
                #expect(receipts[send] == nil)
                receipts[send] = receipt
            }
            return receipts
        }
    }

    @Test func itIsTakenWhenTheNextIsAskedFor() throws {
        var bench = try Bench()
        _ = bench.take()
        #expect(bench.receipts() == [bench.first: .delivered])
        #expect(bench.take() == nil)
        #expect(bench.receipts() == [bench.second: .delivered])
        #expect(Ledger.of(bench.pair) == [])
    }

    @Test func itIsTakenWhenItsApplicationSaysSo() throws {
        var bench = try Bench()
        bench.pair.server.confirm(bench.log, now: bench.pair.now)
        #expect(bench.receipts() == [bench.first: .delivered])
        bench.pair.server.confirm(bench.log, now: bench.pair.now)
        #expect(bench.receipts().isEmpty)
    }

    @Test func whoGivesTheStreamUpHasNotTakenIt() throws {
        var bench = try Bench()
        bench.pair.server.reset(bench.log, .failed)
        let expected: Receipt = .notDelivered(.failed)
        #expect(bench.receipts() == [bench.first: expected, bench.second: expected])
        #expect(Ledger.of(bench.pair) == [])
    }

    @Test func whoseSenderGivesTheStreamUpHasTakenIt() throws {
        var bench = try Bench()
        bench.pair.client.reset(bench.log, .cancelled)
        #expect(
            bench.receipts() == [
                bench.first: .delivered, bench.second: .notDelivered(.cancelled),
            ]
        )
        #expect(Ledger.of(bench.pair) == [])
    }

    @Test(arguments: [false, true])
    func aClosedSessionDependsOnWhoCloses(_ isReceiver: Bool) throws {
        var bench = try Bench()
        if isReceiver { bench.pair.server.close() } else { bench.pair.client.close() }
        let first: Receipt = isReceiver ? .notDelivered(.closed) : .delivered
        #expect(
            bench.receipts() == [bench.first: first, bench.second: .notDelivered(.closed)]
        )
        #expect(Ledger.of(bench.pair) == [])
    }

    @Test func itIsUnknownWhenItsReceiverIsGone() throws {
        var bench = try Bench()
        bench.pair.disconnect()
        bench.pair.client.abandon(now: bench.pair.now)
        bench.pair.server.abandon(now: bench.pair.now)
        #expect(
            bench.receipts() == [
                bench.first: .unknown(.closed), bench.second: .unknown(.closed),
            ]
        )
        #expect(bench.pair.server.ledger.tally.takenCount == 0)
        #expect(Ledger.of(bench.pair) == [])
    }

    @Test func itCannotBeWithdrawn() throws {
        var bench = try Bench()
        bench.pair.client.cancel(bench.first, on: bench.log)
        #expect(bench.receipts().isEmpty)
        bench.pair.server.confirm(bench.log, now: bench.pair.now)
        #expect(bench.receipts() == [bench.first: .delivered])
    }

    @Test func itStaysInHandOverConnections() throws {
        var bench = try Bench()
        bench.pair.disconnect()
        try bench.pair.reconnect()
        #expect(bench.receipts().isEmpty)
        bench.pair.disconnect()
        bench.pair.server.confirm(bench.log, now: bench.pair.now)
        try bench.pair.reconnect()
        #expect(bench.receipts() == [bench.first: .delivered])
    }

    @Test func theLastOfAFlowIsForgottenWhenItWasDealtWith() throws {
        var pair = try SessionPair()
        let log = try pair.client.open(.log, name: [])
        let send = try pair.client.send([1], on: log, isLast: true)
        pair.exchange()
        _ = pair.server.take(from: log, now: pair.now, staysInHand: true)
        pair.exchange()
        #expect(pair.events().client.isEmpty)
        pair.server.confirm(log, now: pair.now)
        pair.exchange()
        #expect(pair.events().client == [.receipt(log, send, .delivered), .closed(log)])
    }
}
