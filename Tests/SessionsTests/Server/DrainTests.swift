import SessionProtocol
import Sessions
import Sockets
import Testing

@Suite struct DrainTests {
    @Test func aClientWhoseSessionHasEndedIsToldSo() async throws {
        let connections = TestLock<[any ByteStream]>([])
        let bench = SessionBench { stream, _ in
            connections.withLock { $0.append(stream) }
            return stream
        }
        let isThere = Turnstile()
        try await bench.serve {
            try await $0.waitForEnd()
        } during: {
            try await bench.connect { stays in
                isThere.open()
                try await bench.connect { leaves in
                    bench.isDown.withLock { $0 = true }
                    connections.withLock { $0.last }?.reset()
                    let server = bench.server
                    let here = try #require(server.sessions.first { $0.id == leaves.id })
                    while here.isAttached { await Task.yield() }
                    server.drain(before: .after(.seconds(60)))
                    bench.isDown.withLock { $0 = false }
                    // Not "draining": it would come back for ever.
                    let ending = try await withDeadline(.after(.seconds(10))) {
                        try await leaves.waitForEnd()
                    }
                    #expect(ending == .refused(Refusal(.unknownSession)))
                }
                stays.abandon()
            }
        }
    }

    @Test func newClientsAreToldWhenToComeBackEachBehindTheOther() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.acceptRate = 1
        let bench = SessionBench()
        let release = Turnstile()
        var handlers = SessionHandlers()
        handlers.reply("wait") { request in
            await release.pass()
            return request
        }
        try await bench.serve(configuration) { [handlers] in
            try await $0.serve(handlers)
        } during: {
            try await bench.connect { session in
                // A client with an open call stays for a while, and the server with it.
                async let answer = session.call("wait", "x")
                while session.statistics().sentCount == 0 { await Task.yield() }
                bench.server.drain(before: .after(.seconds(60)))
                var slots: [UInt32] = []
                for _ in 0..<3 {
                    let client = BareClient(try await bench.dial("localhost:1"))
                    let refusal = try #require(try await client.attach())
                    #expect(refusal.code == .draining)
                    slots.append(refusal.retryAfterMilliseconds)
                }
                #expect(slots == [1_000, 2_000, 3_000])
                release.open()
                #expect(try await answer == Array("x".utf8))
                session.abandon()
            }
        }
    }

    /// The calls that are open end well, and of every message both ends say the same.
    @Test func nothingThatIsOpenIsLost() async throws {
        let bench = SessionBench(.tcp)
        let taken = TestLock<[String]>([])
        let servers = TestLock<[Session]>([])
        let isDraining = Turnstile()
        var handlers = SessionHandlers()
        handlers.log("numbers") { log in
            for try await case .message(let message) in log {
                taken.withLock { $0.append(message.text) }
            }
        }
        handlers.reply("slow") { request in
            await isDraining.pass()
            return request
        }
        try await bench.serve { [handlers] session in
            servers.withLock { $0.append(session) }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("numbers")
                async let answer = session.call("slow", "x")
                var receipts: [String: PendingReceipt] = [:]
                for number in 0..<200 {
                    receipts["\(number)"] = try await log.enqueue(Array("\(number)".utf8))
                }
                while taken.withLock({ $0.isEmpty }) { await Task.yield() }
                bench.server.drain(before: .after(.seconds(60)))
                for number in 200..<400 {
                    receipts["\(number)"] = try await log.enqueue(Array("\(number)".utf8))
                }
                isDraining.open()
                #expect(try await answer == Array("x".utf8))
                // It leaves when the call is done; nobody here takes it up again.
                bench.isDown.withLock { $0 = true }
                for try await change in session.changes {
                    if case .detached = change { break }
                }
                session.abandon()
                let all = Set(taken.withLock { $0 })
                for (text, pending) in receipts {
                    switch await pending.receipt() {
                    case .delivered: #expect(all.contains(text))
                    case .notDelivered: #expect(!all.contains(text))
                    case .unknown: break
                    }
                }
                let server = try #require(servers.withLock { $0.first })
                try await server.waitForEnd()
                #expect(Ledger.balance(session.ledger, server.ledger) == [])
            }
        }
        #expect(taken.withLock { $0 } == taken.withLock { $0.sorted { Int($0)! < Int($1)! } })
    }
}
