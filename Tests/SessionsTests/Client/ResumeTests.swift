import Sessions
import Sockets
import Testing

@Suite struct ResumeTests {
    /// Sends and calls while every connection breaks after some bytes, one more each time.
    @Test(arguments: CutStream.Direction.allCases, [SessionBench.Carrier.memory, .tcp])
    func nothingIsLostOrDoubledWhereverConnectionsBreak(
        _ direction: CutStream.Direction,
        _ carrier: SessionBench.Carrier
    ) async throws {
        // The greeting takes less than 100 bytes; every position from there on comes up.
        let bench = SessionBench(carrier) { stream, number in
            CutStream(stream, after: 90 + number, direction)
        }
        let taken = TestLock<[String]>([])
        let runs = TestLock<[String: Int]>([:])
        var handlers = SessionHandlers()
        handlers.log("numbers") { log in
            for try await case .message(let message) in log {
                taken.withLock { $0.append(message.text) }
            }
        }
        handlers.reply("run") { request in
            let text = String(decoding: request, as: UTF8.self)
            runs.withLock { $0[text, default: 0] += 1 }
            return request
        }
        try await bench.serve { [handlers] session in
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("numbers")
                for number in 0..<100 {
                    let outcome1 = try await log.send("message \(number)")
                    #expect(outcome1 == .delivered)
                    let text = "call \(number)"
                    let outcome2 = try await session.call("run", text)
                    #expect(outcome2 == Array(text.utf8))
                }
                // BYE may need more than one connection too.
            }
        }
        #expect(taken.withLock { $0 } == (0..<100).map { "message \($0)" })
        #expect(runs.withLock { $0.values.allSatisfy { $0 == 1 } && $0.count == 100 })
        #expect(bench.connectionCount > 20)
    }
}
