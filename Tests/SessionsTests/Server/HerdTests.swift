import Sessions
import Sockets
import SocketsTesting
import Testing

@Suite struct HerdTests {
    @Test func aThousandSessionsComeBackEvenlySpread() async throws {
        let count = 1_000
        var server = SessionServerConfiguration.testing
        server.acceptRate = 1_000
        let bench = SessionBench()
        let isUp = Turnstile()
        let (isKilled, allBack) = (Turnstile(), Turnstile())
        let attached = TestLock(0)
        let arrivals = TestLock<[ContinuousClock.Instant]>([])
        let handler: @Sendable (Session) async throws -> Void = { session in
            arrivals.withLock { $0.append(.now) }
            var handlers = SessionHandlers()
            handlers.reply("echo") { $0 }
            try await session.serve(handlers)
        }
        var client = SessionClientConfiguration()
        client.renews = true
        client.firstAttach = .persistent
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [server] in
                try await bench.serve(server, handler) {
                    isUp.open()
                    await isKilled.pass()
                }
                arrivals.withLock { $0 = [] }
                try await bench.serve(server, handler) { await allBack.pass() }
            }
            await isUp.pass()
            for _ in 0..<count {
                group.addTask { [client] in
                    try await bench.connect(client) { session in
                        let isFirst = arrivals.withLock { _ in attached.withLock { $0 < count } }
                        _ = try await session.call("echo", "x")
                        let number = attached.withLock { attached in
                            attached += 1
                            return attached
                        }
                        if number == count { isKilled.open() }
                        if number == 2 * count { allBack.open() }
                        if isFirst { try await session.waitForEnd() }
                        if isFirst { _ = try await session.call("gone") }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(attached.withLock { $0 } == 2 * count)
        // Their places in a window of a second; tenths of it must not differ much, and a machine that is
        // busy may be late but not early.
        let times = arrivals.withLock { $0 }
        #expect(times.count == count)
        let first = try #require(times.first)
        let spread = try #require(times.last) - first
        #expect(spread > .milliseconds(700))
    }

    @Test func nothingIsLeftBehind() async throws {
        try await withLeakCheck {
            for carrier in SessionBench.Carrier.allCases {
                let bench = SessionBench(carrier) { stream, number in
                    number < 5 ? CutStream(stream, after: 200 * number, .sending) : stream
                }
                weak var lost: Session?
                try await bench.serve { session in
                    var handlers = SessionHandlers()
                    handlers.reply("echo") { $0 }
                    try await session.serve(handlers)
                } during: {
                    try await bench.connect { session in
                        lost = session
                        for number in 0..<20 { _ = try await session.call("echo", "\(number)") }
                    }
                }
                #expect(lost == nil)
            }
        }
    }
}
