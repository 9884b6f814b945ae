import Sessions
import Sockets
import Testing

@Suite struct EndingTests {
    @Test(arguments: SessionBench.Carrier.allCases)
    func aCancelledClientSaysFarewell(_ carrier: SessionBench.Carrier) async throws {
        let bench = SessionBench(carrier)
        let endings = TestLock<[SessionEnding]>([])
        let isThere = Turnstile()
        try await bench.serve { session in
            let ending = try await session.waitForEnd()
            endings.withLock { $0.append(ending) }
        } during: {
            let client = Task {
                try await bench.connect { session in
                    isThere.open()
                    try await session.waitForEnd()
                }
            }
            await isThere.pass()
            client.cancel()
            // It was cancelled while it waited, or saw the end which that made.
            _ = await client.result
            while endings.withLock({ $0.isEmpty }) { await Task.yield() }
        }
        #expect(endings.withLock { $0 } == [.closed(.closed, text: "")])
    }

    @Test(arguments: SessionBench.Carrier.allCases)
    func aServerThatClosesHearsTheAnswer(_ carrier: SessionBench.Carrier) async throws {
        let bench = SessionBench(carrier)
        let endings = TestLock<[SessionEnding]>([])
        try await bench.serve { session in
            await session.close(SessionCode(rawValue: 2_000), text: "go")
            endings.withLock { endings in endings += session.ending.map { [$0] } ?? [] }
        } during: {
            try await bench.connect { session in
                let ending = try await session.waitForEnd()
                #expect(ending == .closed(SessionCode(rawValue: 2_000), text: "go"))
            }
            while !bench.server.sessions.isEmpty { await Task.yield() }
        }
        // Not "abandoned": it has heard the client's farewell.
        let ending = endings.withLock { $0 }
        #expect(ending == [.closed(SessionCode(rawValue: 2_000), text: "go")])
    }
}
