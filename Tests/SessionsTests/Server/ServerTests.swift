import SessionProtocol
import Sessions
import Sockets
import SocketsTesting
import Testing

@Suite struct ServerTests {
    private static var handlers: SessionHandlers {
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        return handlers
    }

    @Test func aRestartedServerSaysThatTheSessionIsUnknown() async throws {
        let bench = SessionBench()
        let began = Turnstile()
        let restarted = Turnstile()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await bench.serve { session in
                    // Takes nothing: what is sent stays unsettled.
                    try await session.waitForEnd()
                } during: {
                    await began.pass()
                }
                try await bench.serve { session in
                    try await session.serve(Self.handlers)
                } during: {
                    await restarted.pass()
                }
            }
            try await bench.connectWhenServed { session in
                let log = try await session.log("audit")
                let send = try await log.enqueue(Array("one".utf8))
                // An answered PING or ACK would do too: that it was handed over is what counts.
                while session.ledger.text.contains("sent 0") { await Task.yield() }
                began.open()
                #expect(await send.receipt() == .unknown(.unknownSession))
                let error = await #expect(throws: SessionError.self) { try await log.send("two") }
                #expect(error?.kind == .ended)
                #expect(error?.code == .unknownSession)
            }
            restarted.open()
            try await group.waitForAll()
        }
    }

    @Test func aSessionThatIsRenewedRunsItsBodyAgain() async throws {
        let bench = SessionBench()
        let began = Turnstile()
        let restarted = Turnstile()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await bench.serve { session in
                    try await session.serve(Self.handlers)
                } during: {
                    await began.pass()
                }
                try await bench.serve { session in
                    try await session.serve(Self.handlers)
                } during: {
                    await restarted.pass()
                }
            }
            var configuration = SessionClientConfiguration()
            configuration.renews = true
            configuration.firstAttach = .persistent
            var ids: [SessionID] = []
            try await bench.connectWhenServed(configuration) { session in
                ids.append(session.id)
                _ = try await session.call("echo", "x")
                guard ids.count == 1 else { return }
                began.open()
                try await session.waitForEnd()
                _ = try await session.call("echo", "y")
            }
            #expect(Set(ids).count == 2)
            restarted.open()
            try await group.waitForAll()
        }
    }

    @Test func aClientIsRefusedForWhoItIs() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.authenticate = { request throws(Refusal) in
            guard request.credentials == Array("secret".utf8) else {
                throw Refusal(.refused, text: "who are you?")
            }
            return SessionAdmission(SessionIdentity("ada"), answer: Array("welcome".utf8))
        }
        let bench = SessionBench()
        try await bench.serve(configuration) { session in
            #expect(session.identity == SessionIdentity("ada"))
            try await session.serve(Self.handlers)
        } during: {
            let error = await #expect(throws: SessionError.self) {
                try await bench.connect { _ in }
            }
            #expect(error?.kind == .refused)
            #expect(error?.text == "who are you?")
            var client = SessionClientConfiguration()
            client.credentials = { Array("secret".utf8) }
            try await bench.connect(client) { session in
                #expect(session.answer == Array("welcome".utf8))
            }
        }
    }

    @Test func anotherIdentityMayNotResumeASession() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.authenticate = { request throws(Refusal) in
            SessionAdmission(SessionIdentity(String(decoding: request.credentials, as: UTF8.self)))
        }
        // Every connection breaks after the greeting and a little more.
        let bench = SessionBench { stream, number in
            number == 1 ? CutStream(stream, after: 100, .sending) : stream
        }
        let names = TestLock(["ada", "eve", "eve", "ada"])
        var client = SessionClientConfiguration()
        client.credentials = {
            Array(names.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.utf8)
        }
        try await bench.serve(configuration) { session in
            try await session.serve(Self.handlers)
        } during: {
            try await bench.connect(client) { session in
                let answer = try await session.call(
                    "echo",
                    String(repeating: "x", count: 100)
                )
                #expect(answer.count == 100)
            }
            #expect(bench.server.statistics().refusedCount == 2)
            #expect(bench.server.statistics().resumedCount >= 1)
        }
    }

    @Test func whoSpeaksSomethingElseIsToldOnce() async throws {
        let bench = SessionBench()
        try await bench.serve { session in
            try await session.waitForEnd()
        } during: {
            let stream = try await bench.dial("localhost:1")
            defer { stream.close() }
            try await stream.send("GET / HTTP/1.1\r\n\r\n")
            try await stream.finish()
            var buffer = ByteBuffer()
            while try await stream.receive(into: &buffer) > 0 {}
            #expect(Array(buffer.array().prefix(4)) == [0xD3, 0x53, 0x42, 0x01])
            #expect(buffer.array()[5] == 0x08)
            #expect(bench.server.statistics().strangerCount == 1)
            #expect(bench.server.statistics().sessionCount == 0)
        }
    }

    @Test func beyondItsLimitAServerIsOverloaded() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.sessionLimit = 1
        let bench = SessionBench()
        try await bench.serve(configuration) { session in
            try await session.serve(Self.handlers)
        } during: {
            try await bench.connect { _ in
                let error = await #expect(throws: SessionError.self) {
                    try await bench.connect { _ in }
                }
                #expect(error?.code == .overloaded)
            }
        }
    }

    @Test func aDrainSendsClientsElsewhere() async throws {
        let bench = SessionBench()
        try await bench.serve { session in
            try await session.serve(Self.handlers)
        } during: {
            try await bench.connect { session in
                _ = try await session.call("echo", "x")
                bench.server.drain(before: .after(.seconds(10)), to: "localhost:2")
                var changes: [SessionChange] = []
                for try await change in session.changes {
                    changes.append(change)
                    if case .detached = change { break }
                }
                // Refused there as here: this server takes nobody any more.
                #expect(!session.isAttached)
                session.abandon()
            }
        }
        #expect(bench.endpoints.contains("localhost:2"))
    }

    @Test func aSilentConnectionIsFoundDeadWithinTheBound() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.settings.timing.heartbeat = 100
        configuration.settings.timing.silence = 200
        let bench = SessionBench { stream, number in
            number == 1 ? HoleStream(stream) : stream
        }
        try await bench.serve(configuration) { session in
            try await session.serve(Self.handlers)
        } during: {
            try await bench.connect { session in
                _ = try await session.call("echo", "x")
                HoleStream.swallow(bench)
                let begun = ContinuousClock.now
                let answer = try await session.call("echo", "y")
                #expect(answer == Array("y".utf8))
                let time = ContinuousClock.now - begun
                #expect(time >= .milliseconds(100))
                // The bound, and a generous allowance for a busy machine.
                #expect(time < .milliseconds(300 + 700))
                #expect(session.statistics().attachmentCount == 2)
            }
        }
    }

    @Test func aBusyOrBlockedEndIsNotTakenForDead() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.settings.timing.heartbeat = 50
        configuration.settings.timing.silence = 100
        let bench = SessionBench(.tcp)
        var handlers = SessionHandlers()
        let release = Turnstile()
        handlers.log("stuck") { log in
            // Reads nothing for many times the bound: the queue fills up, and stays full.
            await release.pass()
            for try await _ in log {}
        }
        try await bench.serve(configuration) { [handlers] session in
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("stuck")
                let bytes = [UInt8](repeating: 1, count: 100_000)
                async let sending: Void = {
                    for _ in 0..<40 { try await log.post(bytes) }
                }()
                try await session.loop.sleep(until: .after(.seconds(1)))
                #expect(session.statistics().attachmentCount == 1)
                release.open()
                try await sending
                try await log.finish()
                #expect(session.statistics().attachmentCount == 1)
            }
        }
    }
}
