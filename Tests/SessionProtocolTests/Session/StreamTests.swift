import Testing

@testable import SessionProtocol

@Suite struct StreamTests {
    @Test func aMessageIsDeliveredWhenItIsTakenNotBefore() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [1])
        let send = try pair.client.send([1, 2], on: stream)
        pair.exchange()
        #expect(pair.events().client.isEmpty, "it has arrived, and nobody has it")
        #expect(
            pair.server.take(from: stream, now: pair.now)
                == .message(number: 0, payload: [1, 2], isLast: false)
        )
        pair.exchange()
        #expect(pair.events().client == [.receipt(stream, send, .delivered)])
    }

    @Test func aLongMessageArrivesWhole() throws {
        var pair = try SessionPair()
        let stream = try pair.server.open(.log, name: [])
        let long = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        _ = try pair.server.send(long, on: stream, isLast: true)
        pair.exchange()
        #expect(
            pair.client.take(from: stream, now: pair.now)
                == .message(number: 0, payload: long, isLast: true)
        )
        pair.exchange()
        #expect(pair.events().server.last == .closed(stream))
    }

    @Test func aSlowReaderFillsItsWindowThenTheQueueThenTheSenderWaits() throws {
        var settings = SessionSettings()
        settings.limits.windowSize = 1_000
        settings.limits.messageSizeLimit = 500
        settings.queueSizeLimit = 1_000
        var pair = try SessionPair(settings: settings)
        let stream = try pair.client.open(.log, name: [])
        var count = 0
        let error = #expect(throws: SessionCommandError.self) {
            while count < 1_000 {
                _ = try pair.client.send([UInt8](repeating: 0, count: 68), on: stream)
                count += 1
                pair.exchange()
            }
        }
        #expect(error == .queueFull)
        #expect(count == 20, "ten in the window, ten in the queue")
        _ = pair.events()
        for _ in 0..<5 { _ = pair.server.take(from: stream, now: pair.now) }
        pair.exchange()
        #expect(pair.events().client.contains(.writable(stream)))
    }

    @Test func aLogThatDropsTheOldestSaysSoInPlace() throws {
        var settings = SessionSettings()
        settings.queueCountLimit = 3
        var pair = try SessionPair(settings: settings)
        let stream = try pair.client.open(.log, name: [], overflow: .dropOldest)
        let sends = try (0..<6).map { try pair.client.send([UInt8($0)], on: stream) }
        let events = pair.events().client
        pair.exchange()
        let gap = pair.server.take(from: stream, now: pair.now)
        guard case .gap(let gap)? = gap else {
            Issue.record("no gap but \(String(describing: gap))")
            return
        }
        let kept = 6 - Int(gap.count)
        #expect(gap == Gap(first: 0, count: gap.count, cause: .dropped, place: []))
        #expect(kept <= 3)
        for (place, send) in sends.enumerated() where place < Int(gap.count) {
            #expect(events.contains(.receipt(stream, send, .notDelivered(.dropped))))
        }
        for place in 6 - kept..<6 {
            let taken = pair.server.take(from: stream, now: pair.now)
            let expected = Taken.message(
                number: UInt64(place),
                payload: [UInt8(place)],
                isLast: false
            )
            #expect(taken == expected)
        }
    }

    @Test func aStateIsReadAsItsLatestValues() throws {
        var pair = try SessionPair()
        let stream = try pair.server.open(.state, name: [])
        let first = try pair.server.send([1], key: [65], on: stream)
        pair.exchange()
        let second = try pair.server.send([2], key: [65], on: stream)
        let third = try pair.server.send([3], key: [65], on: stream)
        _ = try pair.server.send([9], key: [66], on: stream)
        pair.exchange()
        let superseded = SessionEvent.receipt(stream, second, .notDelivered(.superseded))
        #expect(pair.events().server == [superseded])
        func take() -> Taken? { pair.client.take(from: stream, now: pair.now) }
        #expect(take() == .value(key: [65], payload: [1], replacedCount: 0))
        #expect(take() == .value(key: [66], payload: [9], replacedCount: 0))
        #expect(take() == nil, "the next value of A waits until the one before is taken")
        pair.exchange()
        #expect(take() == .value(key: [65], payload: [3], replacedCount: 1))
        pair.exchange()
        let events = pair.events().server
        #expect(events.contains(.receipt(stream, first, .delivered)))
        #expect(events.contains(.receipt(stream, third, .delivered)))
        #expect(Ledger.of(pair) == [])
    }

    @Test func datagramsGoAheadOfEverythingAndAreNeverSentAgain() throws {
        var pair = try SessionPair()
        let log = try pair.client.open(.log, name: [])
        let stream = try pair.client.open(.datagram, name: [])
        pair.exchange()
        _ = try pair.client.send([UInt8](repeating: 0, count: 100_000), on: log)
        let send = try pair.client.send([5], on: stream)
        var bytes: [UInt8] = []
        pair.client.output(into: &bytes, now: pair.now)
        #expect(bytes.starts(with: hex("04 09 02 00 05")))
        #expect(
            pair.events().client == [.receipt(stream, send, .unknown(.unacknowledged))]
        )
        pair.disconnect()
        try pair.reconnect()
        _ = try pair.client.send([6], on: stream)
        pair.exchange()
        let gap = Gap(first: 0, count: 1, cause: .dropped, place: [])
        #expect(pair.server.take(from: stream, now: pair.now) == .gap(gap))
        let next = Taken.message(number: 1, payload: [6], isLast: false)
        #expect(pair.server.take(from: stream, now: pair.now) == next)
    }

    @Test func anUnreadStreamOfDatagramsKeepsTheNewest() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.datagram, name: [])
        for number in 0..<100 {
            _ = try pair.client.send([UInt8(number)], on: stream)
            pair.exchange()
        }
        let gap = Gap(first: 0, count: 36, cause: .dropped, place: [])
        #expect(pair.server.take(from: stream, now: pair.now) == .gap(gap))
        let next = Taken.message(number: 36, payload: [36], isLast: false)
        #expect(pair.server.take(from: stream, now: pair.now) == next)
    }

    @Test func aCallGoesThereAndBackAndIsForgotten() throws {
        var pair = try SessionPair()
        for round: UInt64 in 0..<300 {  // more than may be open at a time
            let call = try pair.server.open(.call, name: [43])  // the server calls the client
            let request = try pair.server.send([1, 2], on: call, isLast: true)
            pair.exchange()
            #expect(
                pair.client.take(from: call, now: pair.now)
                    == .message(number: 0, payload: [1, 2], isLast: true)
            )
            let reply = try pair.client.send([3], on: call, isLast: true)
            pair.exchange()
            #expect(
                pair.server.take(from: call, now: pair.now)
                    == .message(number: 0, payload: [3], isLast: true)
            )
            pair.wait(milliseconds: 50)
            pair.exchange()
            let events = pair.events()
            #expect(events.server.contains(.receipt(call, request, .delivered)), "\(round)")
            #expect(events.client.contains(.receipt(call, reply, .delivered)), "\(round)")
            #expect(events.server.last == .closed(call))
            #expect(events.client.last == .closed(call))
        }
    }

    @Test func aCallThatFailsSaysHow() throws {
        var pair = try SessionPair()
        let call = try pair.client.open(.call, name: [])
        _ = try pair.client.send([1], on: call)
        pair.exchange()
        try pair.server.finish(call, status: .failed, detail: [9])
        pair.exchange()
        let end = Taken.end(status: .failed, detail: [9])
        #expect(pair.client.take(from: call, now: pair.now) == end)
    }

    @Test func theApplicationsGapsAreSeenInPlace() throws {
        var pair = try SessionPair()
        let stream = try pair.client.open(.log, name: [])
        _ = try pair.client.send([1], on: stream)
        try pair.client.sendGap(count: 40, cause: .trimmed, place: [8], on: stream)
        _ = try pair.client.send([2], on: stream)
        pair.exchange()
        func take() -> Taken? { pair.server.take(from: stream, now: pair.now) }
        #expect(take() == .message(number: 0, payload: [1], isLast: false))
        #expect(take() == .gap(Gap(first: 1, count: 40, cause: .trimmed, place: [8])))
        #expect(take() == .message(number: 41, payload: [2], isLast: false))
        #expect(take() == nil)
    }

    @Test func aSmallCallWaitsForOneTurnOfEachBusyStream() throws {
        var settings = SessionSettings()
        settings.retainedSizeLimit = 100_000_000
        settings.limits.windowSize = 1_000_000
        settings.limits.messageSizeLimit = 900_000
        var pair = try SessionPair(settings: settings)
        let busy = try (0..<4).map { _ in try pair.client.open(.log, name: []) }
        for stream in busy {
            _ = try pair.client.send([UInt8](repeating: 1, count: 500_000), on: stream)
        }
        for _ in 0..<3 { pair.clientToServer() }
        let call = try pair.client.open(.call, name: [])
        _ = try pair.client.send([7], on: call, isLast: true)
        var size = 0
        while !pair.events().server.contains(.readable(call)) {
            var bytes: [UInt8] = []
            pair.client.output(into: &bytes, limit: 1, now: pair.now)
            size += bytes.count
            pair.server.receive(bytes.rawSpan, epoch: pair.server.epoch, now: pair.now)
            try #require(size < 1_000_000)
        }
        #expect(size <= 4 * (16_384 + 16) + 64, "one turn each: \(size)")
    }

    @Test func closingSettlesEverything() throws {
        var pair = try SessionPair()
        let there = try pair.client.open(.log, name: [])
        let back = try pair.server.open(.log, name: [])
        let sends = try (0..<3).map { try pair.client.send([$0], on: there) }
        let answer = try pair.server.send([1], on: back)
        pair.exchange()
        _ = pair.events()
        _ = pair.server.take(from: there, now: pair.now)
        pair.server.close()
        pair.exchange()
        let events = pair.events()
        #expect(
            events.client == [
                .receipt(there, sends[0], .delivered),
                .receipt(there, sends[1], .notDelivered(.closed)),
                .receipt(there, sends[2], .notDelivered(.closed)),
                .ended(.closed(.closed, text: "")),
            ]
        )
        #expect(
            events.server == [
                .receipt(back, answer, .notDelivered(.closed)), .ended(.closed(.closed, text: "")),
            ]
        )
        #expect(pair.client.closesTransport && pair.server.closesTransport)
        #expect(Ledger.of(pair) == [])
    }
}
