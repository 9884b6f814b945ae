import Sessions
import Sockets
import Testing

/// A callee that ends a call while its caller is still sending: nobody waits for ever.
@Suite struct EarlyEndTests {
    /// How a callee ends it, after the first message.
    enum Way: String, CaseIterable, Sendable {
        case refuses
        case finishes
        case throwsAnything
        case resets
        /// Without returning.
        case finishesAndStays
    }

    private static func handlers(_ served: TestLock<[any Sendable]>) -> SessionHandlers {
        var handlers = SessionHandlers()
        for way in Way.allCases {
            handlers.call(way.rawValue) { call in
                _ = try await call.requests.next()
                // Somebody has it still: what its handler leaves must not depend on that.
                served.withLock { $0.append(call) }
                switch way {
                case .refuses:
                    throw CallRefusal(SessionCode(rawValue: 1_024), "no room on the disk")
                case .finishes: break
                case .throwsAnything: throw SocketError(.closed, in: .send)
                case .resets: call.reset(.superseded)
                case .finishesAndStays:
                    try call.finish(SessionCode(rawValue: 1_025))
                    try await call.session.loop.sleep(until: .never)
                }
            }
        }
        return handlers
    }

    /// Far more than queue and window hold together.
    private static let piece = [UInt8](repeating: 7, count: 100_000)
    private static let pieceCount = 100

    @Test(arguments: Way.allCases, [false, true])
    func whoIsStillSendingIsToldAndFindsTheOutcome(_ way: Way, isCut: Bool) async throws {
        let bench = SessionBench(.tcp) { stream, number in
            // The first connection breaks in the middle of all this.
            isCut && number == 1 ? CutStream(stream, after: 300_000, .sending) : stream
        }
        let served = TestLock<[any Sendable]>([])
        try await bench.serve(.testing, Self.handlers(served)) {
            try await bench.connect { session in
                try await withDeadline(.after(.seconds(60))) {
                    let call = try await session.openCall(way.rawValue)
                    let error = await #expect(throws: SessionError.self) {
                        for _ in 0..<Self.pieceCount { try await call.post(Self.piece) }
                    }
                    if way == .resets {
                        #expect(error?.kind == .reset)
                        #expect(error?.code == .superseded)
                        return
                    }
                    #expect(error?.kind == .answered)
                    try await self.expectOutcome(of: way, call)
                }
            }
        }
        served.withLock { $0 = [] }
    }

    private func expectOutcome(of way: Way, _ call: OutgoingCall) async throws {
        guard way != .finishes else {
            #expect(try await call.answers.next() == nil)
            return
        }
        let outcome = await #expect(throws: SessionError.self) { try await call.answers.next() }
        switch way {
        case .refuses:
            #expect(outcome?.code == SessionCode(rawValue: 1_024))
            #expect(outcome?.text == "no room on the disk")
        case .finishesAndStays: #expect(outcome?.code == SessionCode(rawValue: 1_025))
        default: #expect(outcome?.code == .failed)
        }
        // Also when the answers were read, and whatever the callee has done since.
        let late = await #expect(throws: SessionError.self) { try await call.post([1]) }
        #expect(late?.kind == .answered)
    }

    /// Who waits for receipts gets them, and they are true: the rest was not taken.
    @Test func receiptsSayWhatWasPassedOver() async throws {
        let bench = SessionBench(.tcp)
        try await bench.serve(.testing, Self.handlers(TestLock([]))) {
            try await bench.connect { session in
                let call = try await session.openCall(Way.refuses.rawValue)
                var sends: [PendingReceipt] = []
                do {
                    while true { sends.append(try await call.enqueue(Self.piece)) }
                } catch let error as SessionError {
                    #expect(error.kind == .answered)
                }
                #expect(await sends[0].receipt() == .delivered)
                for send in sends.dropFirst() {
                    let receipt = await send.receipt()
                    guard case .notDelivered = receipt else {
                        Issue.record("\(receipt)")
                        return
                    }
                }
            }
        }
    }

    /// A callee that ends its answers early may go on reading what was sent by then.
    @Test func whatWasSentBeforeCanStillBeRead() async throws {
        let bench = SessionBench(.tcp)
        let read = TestLock(0)
        let sent = Turnstile()
        var handlers = SessionHandlers()
        handlers.call("early") { call in
            _ = try await call.requests.next()
            await sent.pass()
            try call.finish()
            while try await call.requests.next() != nil { read.withLock { $0 += 1 } }
        }
        try await bench.serve(.testing, handlers) {
            try await bench.connect { session in
                let call = try await session.openCall("early")
                for number in 0..<10 { try await call.post("\(number)") }
                try call.finish()
                sent.open()
                #expect(try await call.answers.next() == nil)
                try await withDeadline(.after(.seconds(30))) {
                    while read.withLock({ $0 < 9 }) {
                        try Task.checkCancellation()
                        await Task.yield()
                    }
                }
            }
        }
    }
}
