import Sessions
import Sockets
import Testing

@Suite struct SlowReaderTests {
    /// A server whose readers begin when they are let.
    private func withReaders(
        _ begin: Turnstile,
        _ seen: TestLock<[ChannelElement]>,
        _ values: TestLock<[StateElement]> = TestLock([]),
        _ body: (Session) async throws -> Void
    ) async throws {
        var server = SessionServerConfiguration.testing
        server.settings.limits.windowSize = 4_096
        server.settings.limits.messageSizeLimit = 2_048
        let bench = SessionBench()
        try await bench.serve(server) { session in
            var handlers = SessionHandlers()
            handlers.log("log") { log in
                await begin.pass()
                for try await element in log { seen.withLock { $0.append(element) } }
            }
            handlers.datagrams("log") { log in
                await begin.pass()
                for try await element in log { seen.withLock { $0.append(element) } }
            }
            handlers.state("state") { state in
                await begin.pass()
                for try await element in state { values.withLock { $0.append(element) } }
            }
            try await session.serve(handlers)
        } during: {
            var client = SessionClientConfiguration()
            client.settings.queueSizeLimit = 8_192
            try await bench.connect(client) { try await body($0) }
        }
    }

    @Test func aSenderWaitsForASlowReader() async throws {
        let begin = Turnstile()
        let seen = TestLock<[ChannelElement]>([])
        try await withReaders(begin, seen) { session in
            let log = try await session.log("log")
            let bytes = [UInt8](repeating: 7, count: 1_000)
            var error: SessionError?
            var count = 0
            do {
                while true {
                    try await log.post(bytes, by: .after(.milliseconds(200)))
                    count += 1
                }
            } catch let thrown as SessionError {
                error = thrown
            }
            // Window and queue, and no more; at least the queue.
            #expect(error?.kind == .deadlinePassed)
            #expect((7...13).contains(count))
            begin.open()
            try await log.finish()
            // What waited past its deadline was withdrawn; what was taken was taken once.
            let elements = seen.withLock { $0 }
            let messages = elements.compactMap(\.message).count
            #expect(messages == session.statistics().deliveredCount)
            #expect(session.statistics().unsettledCount == 0)
        }
    }

    @Test func whoPrefersLossSeesGapsInPlace() async throws {
        let begin = Turnstile()
        let seen = TestLock<[ChannelElement]>([])
        try await withReaders(begin, seen) { session in
            let log = try await session.log("log", overflow: .dropOldest)
            for number in 0..<1_000 {
                try await log.post("\(number)" + String(repeating: " ", count: 100))
            }
            begin.open()
            try await log.finish()
            let statistics = session.statistics()
            #expect(statistics.deliveredCount + statistics.notDeliveredCount == 1_000)
            #expect(statistics.notDeliveredCount > 800)
        }
        var next: UInt64 = 0
        var missing: UInt64 = 0
        for element in seen.withLock({ $0 }) {
            switch element {
            case .message(let message):
                #expect(message.number == next)
                #expect(message.text.hasPrefix("\(next) "))
                next += 1
            case .gap(let gap):
                #expect(gap.first == next)
                #expect(gap.cause == .dropped)
                next += gap.count
                missing += gap.count
            }
        }
        #expect(next == 1_000)
        #expect(missing > 800)
    }

    @Test func aSlowReaderOfAStateSeesTheLatestOnly() async throws {
        let begin = Turnstile()
        let values = TestLock<[StateElement]>([])
        try await withReaders(begin, TestLock([]), values) { session in
            let state = try await session.state("state")
            for number in 0..<1_000 { try await state.post("\(number)", key: "a") }
            try await state.post("only", key: "b")
            begin.open()
            try await state.finish()
        }
        let seen = values.withLock { $0 }
        #expect(seen.count <= 4)
        var skipped: UInt64 = 0
        var last: [UInt8] = []
        for case .value(let key, let bytes, let count) in seen where key == "a" {
            skipped += count
            last = bytes
        }
        #expect(last == Array("999".utf8))
        let ofKey = seen.filter { if case .value("a", _, _) = $0 { true } else { false } }
        #expect(skipped + UInt64(ofKey.count) == 1_000)
    }

    @Test func datagramsAreDroppedAndNeverWaitedFor() async throws {
        let begin = Turnstile()
        let seen = TestLock<[ChannelElement]>([])
        try await withReaders(begin, seen) { session in
            let inputs = try await session.datagrams("log")
            for number in 0..<500 { try inputs.send([UInt8(number & 0xFF)]) }
            begin.open()
            try await inputs.finish()
            let statistics = session.statistics()
            #expect(statistics.sentCount == 500)
            #expect(statistics.unsettledCount == 0)
            #expect(statistics.deliveredCount == 0)
        }
        let elements = seen.withLock { $0 }
        let messages = elements.compactMap(\.message)
        #expect(messages.map(\.number) == messages.map(\.number).sorted())
        #expect(messages.count <= 64)
    }
}
