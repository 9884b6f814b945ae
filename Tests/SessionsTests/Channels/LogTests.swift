import Sessions
import Sockets
import Testing

@Suite struct LogTests {
    @Test(arguments: SessionBench.Carrier.allCases)
    func aLogArrivesInOrderAndItsReceiptsSaySo(_ carrier: SessionBench.Carrier) async throws {
        let bench = SessionBench(carrier)
        let taken = TestLock<[String]>([])
        var handlers = SessionHandlers()
        handlers.log("numbers") { log in
            for try await case .message(let message) in log {
                taken.withLock { $0.append(message.text) }
            }
        }
        try await bench.serve { [handlers] session in
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("numbers")
                for number in 0..<10 {
                    let receipt = try await log.send("\(number)")
                    #expect(receipt == .delivered)
                }
                var pending: [PendingReceipt] = []
                for number in 10..<500 {
                    pending.append(try await log.enqueue(Array("\(number)".utf8)))
                }
                for number in 500..<1_000 { try await log.post("\(number)") }
                for send in pending { #expect(await send.receipt() == .delivered) }
                try await log.finish()
                #expect(session.statistics().deliveredCount == 1_000)
                #expect(session.statistics().unsettledCount == 0)
            }
        }
        #expect(taken.withLock { $0 } == (0..<1_000).map(String.init))
    }

    /// A receipt does not wait for what stands behind its message, nor for the application to be idle.
    @Test(arguments: SessionBench.Carrier.allCases)
    func whatWasTakenIsToldWhileMoreIsWaiting(_ carrier: SessionBench.Carrier) async throws {
        let bench = SessionBench(carrier)
        let mayGoOn = Turnstile()
        var handlers = SessionHandlers()
        handlers.log("numbers") { log in
            var takenCount = 0
            for try await _ in log {
                takenCount += 1
                if takenCount == 100 { await mayGoOn.pass() }
            }
        }
        try await bench.serve { [handlers] session in
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let log = try await session.log("numbers")
                var pending: [PendingReceipt] = []
                for number in 0..<200 {
                    pending.append(try await log.enqueue(Array("\(number)".utf8)))
                }
                #expect(await pending[99].receipt() == .delivered)
                #expect(pending[100].receiptIfReady == nil)
                mayGoOn.open()
                try await log.finish()
            }
        }
    }
}
