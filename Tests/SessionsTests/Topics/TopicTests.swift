import Sessions
import Sockets
import Testing

@Suite struct TopicTests {
    private func withTopics(
        _ topics: Topics,
        _ body: (SessionBench, Session) async throws -> Void
    ) async throws {
        let bench = SessionBench()
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.topics(topics)
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                // What does not come must not be waited for without end.
                try await withDeadline(.after(.seconds(60))) { try await body(bench, session) }
            }
        }
    }

    private func entries(_ subscription: Subscription, _ count: Int) async throws -> [String] {
        var texts: [String] = []
        while texts.count < count, let event = try await subscription.next() {
            if case .entry(let entry) = event { texts.append(entry.text) }
        }
        return texts
    }

    @Test func whatIsPublishedComesInOrder() async throws {
        try await withTopics(Topics()) { _, session in
            let prices = try await session.subscribe(to: "prices")
            // Said when it is there: what is published from then on comes.
            guard case .position(let position)? = try await prices.next() else {
                Issue.record("no position")
                return
            }
            #expect(position.offset == 0)
            for number in 0..<200 {
                let place = try await session.publish(Array("\(number)".utf8), to: "prices")
                #expect(place.offset == UInt64(number))
                #expect(place.epoch == position.epoch)
            }
            let texts = try await entries(prices, 200)
            #expect(texts == (0..<200).map(String.init))
            #expect(prices.position?.offset == 200)
        }
    }

    @Test func aSubscriberBeginsWhereItSays() async throws {
        let topics = Topics()
        for number in 0..<10 {
            try await topics.publish(Array("\(number)".utf8), to: "t", isRetained: number == 3)
        }
        try await withTopics(topics) { _, session in
            let last = try await session.subscribe(to: "t", from: .last(3))
            let texts = try await entries(last, 3)
            #expect(texts == ["7", "8", "9"])
            let epoch = try #require(last.position).epoch
            let from = try await session.subscribe(
                to: "t",
                from: .position(TopicPosition(epoch: epoch, offset: 8))
            )
            let rest = try await entries(from, 2)
            #expect(rest == ["8", "9"])
            let now = try await session.subscribe(to: "t")
            _ = try await now.next()
            guard case .retained(let retained)? = try await now.next() else {
                Issue.record("no retained value")
                return
            }
            #expect(retained.text == "3")
        }
    }

    @Test func aSubscriptionLostBeforeItsFirstEntryGoesOnWhereItWouldHaveBegun() async throws {
        let topics = Topics()
        for number in 0..<10 { try await topics.publish(Array("\(number)".utf8), to: "t") }
        try await withTopics(topics) { _, session in
            for (start, expected) in [
                (TopicStart.last(3), ["7", "8", "9"]), (.last(.max), (0..<10).map(String.init)),
            ] {
                let first = try await session.subscribe(to: "t", from: start)
                #expect(first.position == nil)
                guard case .position? = try await first.next() else {
                    Issue.record("no position")
                    return
                }
                let position = try #require(first.position)
                first.cancel()
                let second = try await session.subscribe(to: "t", from: .position(position))
                // Before anything has come, too.
                #expect(second.position == position)
                _ = try await second.next()
                #expect(second.position == position)
                let texts = try await entries(second, expected.count)
                #expect(texts == expected)
                #expect(second.position?.offset == 10)
            }
        }
    }

    @Test func aSubscriptionWhoseEpochIsGoneMissesNothingOfTheNewOne() async throws {
        let topics = Topics()
        for number in 0..<4 { try await topics.publish(Array("\(number)".utf8), to: "t") }
        try await withTopics(topics) { _, session in
            let gone = TopicPosition(epoch: 1, offset: 77)
            let first = try await session.subscribe(to: "t", from: .position(gone))
            while let event = try await first.next() {
                if case .gap(epoch: 1, _, _) = event { break }
            }
            let position = try #require(first.position)
            let second = try await session.subscribe(to: "t", from: .position(position))
            let texts = try await entries(second, 4)
            #expect(texts == ["0", "1", "2", "3"])
        }
    }

    /// A server that says what it likes.
    @Test(
        arguments: [
            // An entry at the greatest offset there is, behind which there is none.
            [[0, 1, 0], [1] + [UInt8](repeating: 0xFF, count: 8) + [7]],
            // Half a number, and nothing.
            [[0, 1, 0], [1, 0x40]],
            [[]],
        ] as [[[UInt8]]]
    )
    func whatIsNoAnswerIsAnError(_ answers: [[UInt8]]) async throws {
        let bench = SessionBench()
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.call("$subscribe") { call in
                for answer in answers { try await call.post(answer) }
                while try await call.requests.next() != nil {}
            }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let subscription = try await session.subscribe(to: "t")
                let error = await #expect(throws: SessionError.self) {
                    while try await subscription.next() != nil {}
                }
                #expect(error?.kind == .malformed)
            }
        }
    }

    @Test func aNameThatIsNotTextIsRefused() async throws {
        try await withTopics(Topics()) { _, session in
            for name in [[0xFF], [UInt8](repeating: 0x80, count: 63)] as [[UInt8]] {
                let error = await #expect(throws: SessionError.self) {
                    try await session.call("$publish", [UInt8(name.count)] + name + [0, 1])
                }
                #expect(error?.code == .malformed)
            }
        }
    }

    @Test func whatIsNoLongerKeptIsAGap() async throws {
        var limits = MemoryTopicStore.Limits()
        limits.entryLimit = 5
        let topics = Topics(store: MemoryTopicStore(limits))
        let position = try await topics.publish([0], to: "t")
        for number in 1..<20 { try await topics.publish([UInt8(number)], to: "t") }
        try await withTopics(topics) { _, session in
            let old = try await session.subscribe(to: "t", from: .position(position))
            var events: [TopicEvent] = []
            while events.last != .entry(TopicEntry(offset: 19, bytes: [19])) {
                events.append(try #require(try await old.next()))
            }
            #expect(events.contains(.gap(epoch: position.epoch, first: 0, end: 15)))
            #expect(events.contains(.entry(TopicEntry(offset: 15, bytes: [15]))))
        }
    }

    /// A store that is full forgets; it does not stop.
    @Test func aTopicMakesRoomFromItsOwnWhenAllIsFull() async throws {
        var limits = MemoryTopicStore.Limits()
        // What two topics take themselves, and four entries between them.
        limits.sizeLimit = 2 * 500 + 4 * 5_200
        let store = MemoryTopicStore(limits)
        let entry = [UInt8](repeating: 7, count: 5_000)
        for number in 0..<20 {
            for topic in ["a", "b"] as [WireName] {
                let place = try await store.append(entry, to: topic, isRetained: false)
                #expect(place.offset == UInt64(number))
            }
        }
        var kept = 0
        for topic in ["a", "b"] as [WireName] {
            kept += try await store.entries(of: topic, from: 0, limit: 100).count
        }
        #expect(kept == 4)
        // A third finds nothing of its own to make room from.
        let error = await #expect(throws: CallRefusal.self) {
            _ = try await store.append(entry, to: "c", isRetained: false)
        }
        #expect(error?.code == .limit)
    }

    /// A composed and a decomposed letter are two names for every other client, and so they are here.
    @Test func namesAreBytes() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        try #require(composed == decomposed)
        let topics = Topics(isAllowed: { _, _, topic in topic != "secret\u{E9}" })
        try await withTopics(topics) { _, session in
            try await session.publish([1], to: composed)
            try await session.publish([2], to: decomposed)
            for (name, byte) in [(composed, UInt8(1)), (decomposed, 2)] {
                let subscription = try await session.subscribe(to: name, from: .last(9))
                var found: [[UInt8]] = []
                while found.isEmpty, let event = try await subscription.next() {
                    if case .entry(let entry) = event { found.append(entry.bytes) }
                }
                #expect(found == [[byte]])
                #expect(topics.subscriberCount(of: name) == 1)
            }
            let error = await #expect(throws: SessionError.self) {
                try await session.publish([1], to: "secret\u{E9}")
            }
            #expect(error?.code == .refused)
            try await session.publish([1], to: "secrete\u{301}")
        }
    }

    @Test func subscribersAreCounted() async throws {
        let topics = Topics()
        try await withTopics(topics) { bench, session in
            let first = try await session.subscribe(to: "t")
            try await bench.connect { other in
                let second = try await other.subscribe(to: "t")
                _ = try await second.next()
                var count = 0
                while count < 2, let event = try await first.next() {
                    if case .subscribers(let now) = event { count = now }
                }
                #expect(count == 2)
                second.cancel()
                while count > 1, let event = try await first.next() {
                    if case .subscribers(let now) = event { count = now }
                }
                #expect(count == 1)
            }
        }
        #expect(topics.subscriberCount(of: "t") == 0)
    }

    @Test func whoMayNotIsRefused() async throws {
        let topics = Topics(isAllowed: { _, access, _ in access == .subscribe })
        try await withTopics(topics) { _, session in
            let error = await #expect(throws: SessionError.self) {
                try await session.publish([1], to: "t")
            }
            #expect(error?.code == .refused)
        }
    }
}
