import SessionProtocol
import Sockets
import Testing

@testable import Sessions

/// When handlers begin and end.
@Suite struct HandlingTests {
    /// Who comes late to refuse a call says so at once, though nothing else is to be said.
    @Test func aCallThatWaitedIsRefusedAtOnce() async throws {
        let bench = SessionBench(.tcp)
        try await bench.serve {
            // Longer than an acknowledgement waits.
            try await $0.loop.sleep(until: .after(.milliseconds(200)))
            try await $0.serve(SessionHandlers())
        } during: {
            try await bench.connect { session in
                let begun = ContinuousClock.now
                let error = await #expect(throws: SessionError.self) {
                    try await session.call("nobody", "")
                }
                #expect(error?.code == .unknownName)
                // Otherwise the next heartbeat would carry it, after five seconds.
                #expect(ContinuousClock.now - begun < .seconds(3))
            }
        }
    }

    /// Handlers of a `serve` that was cancelled have ended when it returns; another has to wait for that.
    @Test func whoServesWaitsForItsOwnHandlers() async throws {
        let bench = SessionBench(.tcp)
        let started = Turnstile()
        let release = Turnstile()
        var stubborn = SessionHandlers()
        stubborn.call("stay") { _ in
            started.open()
            await release.pass()
        }
        try await bench.serve { [stubborn] session in
            let first = Task { try await session.serve(stubborn) }
            await started.pass()
            first.cancel()
            while session.state.withLock({ $0.handlers != nil }) { await Task.yield() }
            var other = SessionHandlers()
            other.reply("echo") { $0 }
            let error = await #expect(throws: SessionError.self) {
                try await session.serve(other)
            }
            #expect(error?.kind == .busy)
            release.open()
            let failure = await #expect(throws: SessionError.self) { try await first.value }
            #expect(failure?.kind == .cancelled)
            try await session.serve(other)
        } during: {
            try await bench.connect { session in
                let call = try await session.openCall("stay")
                try await call.post([])
                await release.pass()
                #expect(try await session.call("echo", "x") == Array("x".utf8))
                withExtendedLifetime(call) {}
            }
        }
    }
}
