import SessionProtocol
import Sockets
import Testing

@testable import Sessions

/// Sessions without a task, which their server looks after by handlers.
@Suite struct TasklessTests {
    @Test(arguments: SessionBench.Carrier.allCases)
    func callsAndStreamsAreHandled(_ carrier: SessionBench.Carrier) async throws {
        let bench = SessionBench(carrier)
        let heard = TestLock<[String]>([])
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        handlers.call("who") { call in try await call.finish(with: Array("\(call.session.id)".utf8))
        }
        handlers.log("audit") { log in
            for try await case .message(let message) in log {
                heard.withLock { $0.append(message.text) }
            }
        }
        try await bench.serve(.testing, handlers) {
            try await bench.connect { session in
                #expect(try await session.call("who", "") == Array("\(session.id)".utf8))
                let log = try await session.log("audit")
                for number in 0..<100 {
                    try await log.post(Array("\(number)".utf8))
                    #expect(try await session.call("echo", "x") == Array("x".utf8))
                }
                #expect(try await log.send("last") == .delivered)
                let error = await #expect(throws: SessionError.self) {
                    try await session.call("nobody", "")
                }
                #expect(error?.code == .unknownName)
            }
            while !bench.server.sessions.isEmpty { await Task.yield() }
        }
        #expect(heard.withLock { $0 } == (0..<100).map { "\($0)" } + ["last"])
    }

    @Test func anErrorEndsItsStreamAndNothingElse() async throws {
        let bench = SessionBench(.tcp)
        var handlers = SessionHandlers()
        handlers.reply("fail") { _ in throw CallRefusal(.refused, "not today") }
        handlers.reply("echo") { $0 }
        try await bench.serve(.testing, handlers) {
            try await bench.connect { session in
                let error = await #expect(throws: SessionError.self) {
                    try await session.call("fail", "")
                }
                #expect(error?.text == "not today")
                let answer = try await session.call("echo", "x")
                #expect(answer == Array("x".utf8))
            }
        }
    }

    /// A session that ends cancels its handlers; the server forgets it once they have returned.
    @Test func aSessionIsThereUntilItsHandlersHaveReturned() async throws {
        let bench = SessionBench(.tcp)
        let started = Turnstile()
        let cancelled = Turnstile()
        let release = Turnstile()
        var handlers = SessionHandlers()
        handlers.call("stay") { _ in
            started.open()
            try? await EventLoop.nearest.sleep(until: .never)
            cancelled.open()
            await release.pass()
        }
        try await bench.serve(.testing, handlers) {
            try await bench.connect { session in
                let call = try await session.openCall("stay")
                try await call.post([])
                await started.pass()
            }
            await cancelled.pass()
            #expect(bench.server.sessions.count == 1)
            release.open()
            while !bench.server.sessions.isEmpty { await Task.yield() }
            #expect(bench.server.statistics().sessionCount == 0)
        }
    }

    /// Serving that is cancelled abandons the sessions, and returns when the last handler has.
    @Test func servingThatIsCancelledWaitsForHandlers() async throws {
        let started = Turnstile()
        let cancelled = Turnstile()
        let release = Turnstile()
        let isReleased = TestLock(false)
        var handlers = SessionHandlers()
        handlers.call("stay") { _ in
            started.open()
            try? await EventLoop.nearest.sleep(until: .never)
            cancelled.open()
            await release.pass()
        }
        try await SessionServer.listen(on: ["127.0.0.1:0"], .testing) { [handlers] server in
            let serving = Task {
                try? await server.serve(handlers)
                #expect(isReleased.withLock { $0 })
            }
            let client = Task {
                var configuration = SessionClientConfiguration()
                configuration.firstAttach = .once
                try await Session.connect(to: Endpoint(server.localAddresses[0]), configuration) {
                    let call = try await $0.openCall("stay")
                    try await call.post([])
                    try await $0.waitForEnd()
                    withExtendedLifetime(call) {}
                }
            }
            await started.pass()
            serving.cancel()
            await cancelled.pass()
            isReleased.withLock { $0 = true }
            release.open()
            await serving.value
            #expect(server.sessions.isEmpty)
            #expect(server.listeners[0].statistics().openConnections == 0)
            client.cancel()
            _ = await client.result
        }
    }

    @Test func aDrainedServerEnds() async throws {
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        try await SessionServer.listen(on: ["127.0.0.1:0"], .testing) { [handlers] server in
            async let serving: Void = server.serve(handlers)
            let endpoint = Endpoint(server.localAddresses[0])
            let client = Task {
                try await Session.connect(to: endpoint) { session in
                    #expect(try await session.call("echo", "x") == Array("x".utf8))
                    server.drain(before: .after(.seconds(10)))
                    for try await change in session.changes {
                        if case .detached = change { break }
                    }
                    session.abandon()
                }
            }
            try await client.value
            try await serving
            #expect(server.listeners[0].statistics().openConnections == 0)
        }
    }

    // MARK: Before there is a session

    /// A connection that says nothing is closed in time, and counts as a stranger's.
    @Test func whoSaysNothingIsNotWaitedFor() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.attachTimeLimit = .milliseconds(50)
        let bench = SessionBench(.tcp)
        try await bench.serve(configuration, SessionHandlers()) {
            let stream = try await bench.dial("localhost:1")
            defer { stream.close() }
            try await stream.send([0xD3, 0x53])
            var buffer = ByteBuffer()
            // Closed with or without a reset.
            while let count = try? await stream.receive(into: &buffer), count > 0 {}
            #expect(buffer.array() == [])
            while bench.server.statistics().strangerCount < 1 { await Task.yield() }
            #expect(bench.server.listeners[0].statistics().openConnections == 0)
        }
    }

    /// The hook has the time that is left, whether the client waits for it or has gone.
    @Test(arguments: [true, false])
    func aHookThatTakesLongIsCancelled(_ clientWaits: Bool) async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.attachTimeLimit = .milliseconds(50)
        let asked = Turnstile()
        let ended = Turnstile()
        configuration.authenticate = { _ throws(Refusal) in
            asked.open()
            try? await EventLoop.nearest.sleep(until: .never)
            ended.open()
            throw Refusal(.refused, text: "too late")
        }
        let bench = SessionBench(.tcp)
        try await bench.serve(configuration, SessionHandlers()) {
            let client = BareClient(try await bench.dial("localhost:1"))
            try await client.flush()
            await asked.pass()
            if !clientWaits { client.stream.reset() }
            await ended.pass()
            if clientWaits { #expect(try await client.attach()?.code == .refused) }
            while bench.server.listeners[0].statistics().openConnections > 0 { await Task.yield() }
            #expect(bench.server.sessions.isEmpty)
            #expect(bench.server.statistics().refusedCount == 1)
        }
    }

    /// A client that does not close after the last word is closed upon.
    @Test func whoIsRefusedAndStaysIsClosedUpon() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.closeTimeLimit = .milliseconds(50)
        configuration.authenticate = { _ throws(Refusal) in throw Refusal(.refused) }
        let bench = SessionBench(.tcp)
        try await bench.serve(configuration, SessionHandlers()) {
            let client = BareClient(try await bench.dial("localhost:1"))
            #expect(try await client.attach()?.code == .refused)
            while bench.server.listeners[0].statistics().openConnections > 0 { await Task.yield() }
        }
    }

    /// Connections count as served until they are closed, with a session or without.
    @Test func theListenersLimitHolds() async throws {
        var configuration = SessionServerConfiguration.testing
        configuration.listener.connectionLimit = 2
        let bench = SessionBench(.tcp)
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        try await bench.serve(configuration, handlers) {
            try await bench.connect { first in
                _ = try await first.call("echo", "x")
                let silent = try await bench.dial("localhost:1")
                let third = BareClient(try await bench.dial("localhost:1"))
                try await third.flush()
                try await first.loop.sleep(until: .after(.milliseconds(150)))
                #expect(bench.server.listeners[0].statistics().openConnections == 2)
                #expect(bench.server.sessions.count == 1)
                silent.close()
                #expect(try await third.attach() == nil)
            }
        }
    }
}
