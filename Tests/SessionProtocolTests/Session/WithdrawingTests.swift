import Testing

@testable import SessionProtocol

/// What was cancelled or timed out does not run later.
@Suite struct WithdrawingTests {
    @Test func whatWasNotWrittenIsForgottenAtOnce() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        let first = try pair.client.send([1], on: stream)
        _ = try pair.client.send([2], on: stream)
        pair.client.cancel(first, on: stream)
        #expect(pair.events().client == [.receipt(stream, first, .notDelivered(.cancelled))])
        pair.exchange()
        let second = Taken.message(number: 0, payload: [2], isLast: false)
        #expect(pair.server.take(from: stream, now: pair.now) == second, "without a gap")
    }

    @Test func whatWaitsAtTheReceiverIsNotTakenAfterACancel() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        let send = try pair.client.send([1], on: stream, isLast: true)
        pair.exchange()
        pair.client.cancel(send, on: stream)
        pair.exchange()
        #expect(pair.events().client == [.receipt(stream, send, .notDelivered(.cancelled))])
        let gap = Gap(first: 0, count: 1, cause: .cancelled, place: [])
        #expect(pair.server.take(from: stream, now: pair.now) == .gap(gap))
        let end = Taken.end(status: .ok, detail: [])
        #expect(pair.server.take(from: stream, now: pair.now) == end, "what it ended has ended")
        pair.exchange()
        #expect(pair.events().client == [.closed(stream)])
    }

    @Test func whoCancelsTooLateHearsThatItWasDelivered() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        let send = try pair.client.send([1], on: stream)
        pair.exchange()
        _ = pair.server.take(from: stream, now: pair.now)
        pair.client.cancel(send, on: stream)
        pair.exchange()
        #expect(pair.events().client == [.receipt(stream, send, .delivered)])
    }

    @Test func whatWasCancelledWithoutConnectionIsNotSentAgain() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        let secret = [UInt8](repeating: 0x5A, count: 40)
        let send = try pair.client.send(secret, on: stream)
        var lost: [UInt8] = []
        pair.client.output(into: &lost, now: pair.now)
        pair.disconnect()
        pair.client.cancel(send, on: stream)
        _ = pair.events()
        _ = pair.client.connected(now: pair.now)
        try pair.server.resume(try SessionPair.request(of: &pair.client, pair.now), now: pair.now)
        pair.serverToClient()
        var bytes: [UInt8] = []
        pair.client.output(into: &bytes, now: pair.now)
        #expect(!bytes.contains(0x5A), "not even its bytes")
        pair.server.receive(bytes.rawSpan, epoch: pair.server.epoch, now: pair.now)
        pair.exchange()
        #expect(
            pair.events().client.contains(.receipt(stream, send, .notDelivered(.cancelled)))
        )
        let gap = Gap(first: 0, count: 1, cause: .cancelled, place: [])
        #expect(pair.server.take(from: stream, now: pair.now) == .gap(gap))
    }

    @Test func aMessageIsNotTakenOnceItsDeadlineHasPassed() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        let deadline = pair.now.advanced(byMicroseconds: 10_000)
        let send = try pair.client.send([1], on: stream, expiry: deadline)
        pair.exchange()
        #expect(pair.client.nextDeadline == deadline)
        pair.wait(milliseconds: 10)
        #expect(pair.events().client == [.receipt(stream, send, .unknown(.deadline))])
        let gap = Gap(first: 0, count: 1, cause: .deadline, place: [])
        #expect(pair.server.take(from: stream, now: pair.now) == .gap(gap))
        pair.exchange()
        #expect(pair.events().client.isEmpty, "one receipt is enough")
        #expect(Ledger.of(pair) == [])
    }

    @Test func theReceiverJudgesByTheLatestTheSendersClockCanRead() {
        var clock = PeerClock()
        let zero = SessionInstant(microseconds: 0)
        #expect(!clock.isBefore(.max, at: zero), "before the first answer nothing is certain")
        // Asked at 1 s, answered with 50 s, heard at 1.2 s: it may have been read just after 1 s.
        clock.learn(
            asked: SessionInstant(microseconds: 1_000_000),
            clock: 50_000_000,
            now: SessionInstant(microseconds: 1_200_000)
        )
        let now = SessionInstant(microseconds: 2_000_000)
        #expect(clock.latest(at: now) == 51_001_000)
        #expect(!clock.isBefore(51_001_000, at: now))
        #expect(clock.isBefore(51_001_001, at: now))
        // An answer that took long says less, and does not take the better one's place.
        clock.learn(
            asked: SessionInstant(microseconds: 1_100_000),
            clock: 50_900_000,
            now: now
        )
        #expect(clock.latest(at: now) == 51_001_000)
    }

    @Test func aCallWhoseTimeIsOverIsGivenUpByBothEnds() throws {
        var pair = try SessionPair()
        let deadline = pair.now.advanced(byMicroseconds: 10_000)
        let call = try pair.client.open(.call, name: [], expiry: deadline)
        let send = try pair.client.send([1], on: call, isLast: true)
        pair.exchange()
        pair.now = deadline
        #expect(pair.server.take(from: call, now: pair.now) == nil, "it does not run")
        pair.client.advance(to: pair.now)
        let events = pair.events()
        #expect(
            events.client == [
                .receipt(call, send, .unknown(.deadline)), .reset(call, .deadline),
            ]
        )
        #expect(events.server.last == .reset(call, .deadline), "who sends the answer hears of it")
        pair.exchange()
        #expect(pair.events().client == [.closed(call)])
        #expect(Ledger.of(pair) == [])
    }

    @Test func aCallIsCancelledAndBothKnowWhatWasTaken() throws {
        var pair = try SessionPair()
        let call = try pair.client.open(.call, name: [])
        let sends = try (0..<2).map { try pair.client.send([$0], on: call) }
        pair.exchange()
        _ = pair.server.take(from: call, now: pair.now)
        pair.client.reset(call, .cancelled)
        pair.exchange()
        let events = pair.events()
        #expect(
            events.client == [
                .receipt(call, sends[0], .delivered),
                .receipt(call, sends[1], .notDelivered(.cancelled)),
                .closed(call),
            ]
        )
        #expect(events.server.suffix(2) == [.reset(call, .cancelled), .closed(call)])
    }

    @Test func aLongMessageThatIsBrokenOffLeavesAGap() throws {
        var settings = SessionSettings()
        settings.limits.messageSizeLimit = 200_000
        var pair = try SessionPair(settings: settings)
        let stream = try pair.client.open(.log, name: [])
        let long = try pair.client.send([UInt8](repeating: 3, count: 150_000), on: stream)
        let next = try pair.client.send([4], on: stream)
        pair.clientToServer()  // the first part
        pair.client.cancel(long, on: stream)
        pair.exchange()
        let gap = Gap(first: 0, count: 1, cause: .cancelled, place: [])
        #expect(pair.server.take(from: stream, now: pair.now) == .gap(gap))
        let second = Taken.message(number: 1, payload: [4], isLast: false)
        #expect(pair.server.take(from: stream, now: pair.now) == second)
        pair.exchange()
        #expect(
            pair.events().client == [
                .receipt(stream, long, .notDelivered(.cancelled)),
                .receipt(stream, next, .delivered),
            ]
        )
    }
}
