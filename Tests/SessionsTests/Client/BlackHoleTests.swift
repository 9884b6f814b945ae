import Sessions
import Sockets
import Testing

@Suite struct BlackHoleTests {
    /// The system at the other side of the connection takes and acknowledges everything, and nobody reads
    /// it: no sign of life, however much is sent meanwhile.
    @Test func whatIsAcknowledgedAndNotAnsweredIsFoundDeadWithinTheBound() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.settings.timing.heartbeat = 100
        configuration.settings.timing.silence = 300
        let bench = SessionBench(.tcp)
        let taken = TestLock(0)
        try await bench.serve(configuration) { session in
            var handlers = SessionHandlers()
            handlers.log("numbers") { log in
                for try await case .message(let message) in log {
                    taken.withLock { $0 += 1 }
                    #expect(message.number + 1 == taken.withLock { UInt64($0) })
                }
            }
            try await session.serve(handlers)
        } during: {
            let relay = try await SilentRelay(to: bench.server.localAddresses[0])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try? await relay.serve() }
                try await Session.connect(to: ["localhost:1"], transport: relay.dial) { session in
                    let log = try await session.log("numbers")
                    let first = try await log.send("0")
                    #expect(first == .delivered)
                    relay.swallow()
                    let begun = ContinuousClock.now
                    var count = 1
                    // A little all the time, for many times the bound.
                    while session.statistics().attachmentCount == 1,
                        ContinuousClock.now - begun < .seconds(8)
                    {
                        try await log.post("\(count)")
                        count += 1
                        try await session.loop.sleep(until: .after(.milliseconds(10)))
                    }
                    let time = ContinuousClock.now - begun
                    // Heartbeat and silence, and a generous allowance for a busy machine.
                    #expect(time < .milliseconds(400 + 1_600))
                    #expect(session.statistics().attachmentCount == 2)
                    try await log.finish()
                    #expect(taken.withLock { $0 } == count)
                }
                group.cancelAll()
            }
        }
    }
}
