import Sessions
import Sockets
import Testing

/// Messages that count as delivered when they were dealt with.
@Suite struct ConfirmingTests {
    @Test func deliveredMeansThatTheApplicationHasDealtWithIt() async throws {
        let bench = SessionBench()
        let (isHere, mayGoOn) = (Turnstile(), Turnstile())
        let stored = TestLock<[String]>([])
        var handlers = SessionHandlers()
        handlers.log("orders") { log in
            for try await case .message(let order) in log.confirming {
                isHere.open()
                await mayGoOn.pass()
                stored.withLock { $0.append(order.text) }
            }
        }
        try await bench.serve { [handlers] session in
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("orders")
                let pending = try await log.enqueue(Array("one".utf8))
                await isHere.pass()
                // An answer that was asked for later: what was to be said of the log has been said.
                _ = try? await session.call("nothing")
                #expect(pending.receiptIfReady == nil)
                mayGoOn.open()
                #expect(await pending.receipt() == .delivered)
                #expect(stored.withLock { $0 } == ["one"])
                try await log.finish()
            }
        }
    }

    @Test func whatAHandlerFailsOnIsNotDelivered() async throws {
        let bench = SessionBench()
        var handlers = SessionHandlers()
        handlers.log("orders") { log in
            for try await case .message(let order) in log.confirming where order.text == "bad" {
                throw CallRefusal(.refused)
            }
        }
        try await bench.serve { [handlers] session in
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("orders")
                #expect(try await log.send("good") == .delivered)
                #expect(try await log.send("bad") == .notDelivered(.refused))
            }
        }
    }

    @Test(arguments: [false, true])
    func whoStopsBeforeTheEndSaysWhetherItHasTheLast(_ confirms: Bool) async throws {
        let bench = SessionBench()
        var handlers = SessionHandlers()
        handlers.log("orders") { log in
            for try await _ in log.confirming { break }
            if confirms { log.confirming.confirm() }
        }
        try await bench.serve { [handlers] session in
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("orders")
                let receipt = try await log.send("one")
                #expect(receipt == (confirms ? .delivered : .notDelivered(.closed)))
            }
        }
    }
}
