import Sessions
import Sockets
import Testing

@Suite struct CallTests {
    private static var handlers: SessionHandlers {
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        handlers.reply("fail") { _ in throw CallRefusal(SessionCode(rawValue: 1_024), "no") }
        handlers.reply("broken") { _ in throw SocketError(.closed, in: .send) }
        handlers.reply("slow") { request in
            try await EventLoopGroup.shared.next().sleep(until: .never)
            return request
        }
        handlers.call("count") { call in
            for number in 0..<1_000 { try await call.post("\(number)") }
        }
        handlers.call("reverse") { call in
            var words: [String] = []
            for try await case .message(let message) in call.requests { words.append(message.text) }
            for word in words.reversed() { try await call.post(word) }
        }
        return handlers
    }

    private func withSession(
        _ carrier: SessionBench.Carrier = .memory,
        _ body: (Session) async throws -> Void
    ) async throws {
        let bench = SessionBench(carrier)
        try await bench.serve { session in
            try await session.serve(Self.handlers)
        } during: {
            try await bench.connect { try await body($0) }
        }
    }

    @Test(arguments: SessionBench.Carrier.allCases)
    func aCallIsAnswered(_ carrier: SessionBench.Carrier) async throws {
        try await withSession(carrier) { session in
            let outcome1 = try await session.call("echo", "hello")
            #expect(outcome1 == Array("hello".utf8))
            let outcome2 = try await session.call("echo")
            #expect(outcome2 == [])
            let long = [UInt8](repeating: 7, count: 190_000)
            let outcome3 = try await session.call("echo", long)
            #expect(outcome3 == long)
        }
    }

    @Test func manyCallsAtOnceAreAnswered() async throws {
        try await withSession(.tcp) { session in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let text = "\(number)"
                        return try await session.call("echo", text) == Array(text.utf8)
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func aRefusalHasItsCodeAndWords() async throws {
        try await withSession { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.call("fail", "x")
            }
            #expect(error?.kind == .failed)
            #expect(error?.code == SessionCode(rawValue: 1_024))
            #expect(error?.text == "no")
            #expect(error?.receipt == .delivered)
        }
    }

    @Test func whatGoesWrongInsideIsNotTold() async throws {
        try await withSession { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.call("broken")
            }
            #expect(error?.code == .failed)
            #expect(error?.text == "")
        }
    }

    @Test func aNameNobodyHandlesIsRefused() async throws {
        try await withSession { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.call("nothing")
            }
            #expect(error?.code == .unknownName)
            // It has not run, and the caller may know that.
            #expect(error?.receipt == .notDelivered(.unknownName))
        }
    }

    @Test func aCallWhoseTimeIsOverSaysSo() async throws {
        try await withSession { session in
            let error = await #expect(throws: SessionError.self) {
                try await session.call("slow", by: .after(.milliseconds(300)))
            }
            #expect(error?.kind == .deadlinePassed)
            #expect(error?.receipt == .delivered)
            // The session goes on.
            let outcome4 = try await session.call("echo", "x")
            #expect(outcome4 == Array("x".utf8))
        }
    }

    @Test func aCancelledCallIsCancelledAtTheOtherEnd() async throws {
        let bench = SessionBench()
        let ended = TestLock(false)
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.call("wait") { call in
                do {
                    while try await call.requests.next() != nil {}
                } catch {
                    ended.withLock { $0 = (error as? SessionError)?.code == .cancelled }
                    throw error
                }
            }
            handlers.reply("hasEnded") { _ in [ended.withLock { $0 } ? 1 : 0] }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let call = try await session.openCall("wait")
                let outcome5 = try await call.send("begin")
                #expect(outcome5 == .delivered)
                let reading = Task { try await call.answers.next() }
                reading.cancel()
                await #expect(throws: SessionError.self) { try await reading.value }
                call.reset()
                while try await session.call("hasEnded") == [0] {}
            }
        }
        #expect(ended.withLock { $0 })
    }

    @Test func answersStream() async throws {
        try await withSession(.tcp) { session in
            let call = try await session.openCall("count")
            try call.finish()
            var next = 0
            for try await case .message(let message) in call.answers {
                #expect(message.text == "\(next)")
                next += 1
            }
            #expect(next == 1_000)
        }
    }

    @Test func anAnswerWithoutEndMeetsALimit() async throws {
        let bench = SessionBench()
        try await bench.serve { session in
            var handlers = SessionHandlers()
            handlers.call("flood") { call in
                while true { try await call.post([UInt8](repeating: 7, count: 1_000)) }
            }
            try await session.serve(handlers)
        } during: {
            try await bench.connect { session in
                let error = await #expect(throws: SessionError.self) {
                    try await session.call("flood", limit: 50_000)
                }
                #expect(error?.kind == .tooLong)
            }
        }
    }

    @Test func bothWaysStream() async throws {
        try await withSession { session in
            let call = try await session.openCall("reverse")
            for word in ["a", "b", "c"] { try await call.post(word) }
            try call.finish()
            let outcome6 = try await call.answers.collect(limit: 100)
            #expect(outcome6 == Array("cba".utf8))
        }
    }

    @Test func theServerCallsTheClient() async throws {
        let bench = SessionBench()
        try await bench.serve { session in
            let answer = try await session.call("temperature", by: .after(.seconds(10)))
            let log = try await session.log("heard")
            try await log.send(answer)
            try await session.waitForEnd()
        } during: {
            try await bench.connect { session in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let heard = TestLock<[UInt8]?>(nil)
                    var handlers = SessionHandlers()
                    handlers.reply("temperature") { _ in Array("21".utf8) }
                    handlers.log("heard") { log in
                        let element = try await log.next()
                        heard.withLock { $0 = element?.message?.bytes }
                        await session.close()
                    }
                    group.addTask { [handlers] in try await session.serve(handlers) }
                    try await group.waitForAll()
                    #expect(heard.withLock { $0 } == Array("21".utf8))
                }
            }
        }
    }
}
