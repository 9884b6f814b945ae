import Sessions
import Sockets
import SocketsTesting
import Testing

@Suite struct WithdrawingTests {
    @Test func whatIsWithdrawnInTheQueueIsNotDelivered() async throws {
        let bench = SessionBench()
        let begin = Turnstile()
        let texts = TestLock<[String]>([])
        var server = SessionServerConfiguration.testing
        server.settings.limits.windowSize = 4_096
        server.settings.limits.messageSizeLimit = 4_000
        try await bench.serve(server) { session in
            var handlers = SessionHandlers()
            handlers.log("log") { log in
                await begin.pass()
                for try await element in log {
                    if let message = element.message {
                        texts.withLock { $0.append(String(message.text.prefix(3))) }
                    }
                }
            }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("log")
                let filler = String(repeating: "-", count: 3_900)
                try await log.post("one" + filler)
                let second = try await log.enqueue(Array("two".utf8))
                let third = try await log.enqueue(Array(("thr" + filler).utf8))
                third.cancel()
                #expect(await third.receipt() == .notDelivered(.cancelled))
                begin.open()
                #expect(await second.receipt() == .delivered)
                try await log.finish()
            }
        }
        #expect(texts.withLock { $0 } == ["one", "two"])
    }

    /// Sends are cancelled at random moments while connections break: whatever the receipt says is true.
    @Test func cancellationAndTakingRaceAndReceiptsAreTrue() async throws {
        let bench = SessionBench { stream, number in
            CutStream(stream, after: 500 + number * 61, number % 2 == 0 ? .sending : .receiving)
        }
        let taken = TestLock<Set<String>>([])
        let repeats = TestLock(0)
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.log("log") { log in
                for try await element in log {
                    guard let message = element.message else { continue }
                    let isNew = taken.withLock { $0.insert(message.text).inserted }
                    if !isNew { repeats.withLock { $0 += 1 } }
                }
            }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("log")
                var random = SeededRandom(seed: SeededRandom.testSeed)
                var receipts: [String: Receipt] = [:]
                for round in 0..<300 {
                    let text = "message \(round)"
                    let pause = Int.random(in: 0...20, using: &random)
                    let sending = Task { try await log.send(text) }
                    let cancelling = Task {
                        for _ in 0..<pause { await Task.yield() }
                        sending.cancel()
                    }
                    receipts[text] = try await sending.value
                    await cancelling.value
                }
                try await log.finish()
                let all = taken.withLock { $0 }
                for (text, receipt) in receipts {
                    switch receipt {
                    case .delivered: #expect(all.contains(text))
                    case .notDelivered: #expect(!all.contains(text))
                    case .unknown: break
                    }
                }
                #expect(session.statistics().unsettledCount == 0)
            }
        }
        #expect(repeats.withLock { $0 } == 0)
    }

    @Test func aMessageWhoseTimeIsOverIsNeverTaken() async throws {
        let bench = SessionBench()
        let begin = Turnstile()
        let seen = TestLock<[ChannelElement]>([])
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.log("log") { log in
                await begin.pass()
                for try await element in log { seen.withLock { $0.append(element) } }
            }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("log")
                let late = try await log.send("late", by: .after(.milliseconds(30)))
                #expect(late == .unknown(.deadline))
                let past = try await withDeadline(.now) { try await log.send("past") }
                #expect(past == .notDelivered(.deadline))
                begin.open()
                let good = try await log.send("good")
                #expect(good == .delivered)
            }
        }
        let elements = seen.withLock { $0 }
        try #require(elements.count == 2)
        guard case .gap(let gap) = elements[0] else {
            Issue.record("no gap")
            return
        }
        #expect(gap.count == 1)
        #expect([.deadline, .cancelled].contains(gap.cause))
        #expect(elements[1].message?.text == "good")
    }
}
