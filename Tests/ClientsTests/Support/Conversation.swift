import Sessions
import Sockets
import TestSupport
import Testing

/// What the server does in a conversation with a client of another language, and what it saw of it.
final class Conversation: Sendable {
    /// What was taken of the log `numbers`.
    let numbers = Lock<[String]>([])
    /// Values taken of the state `positions`, by key; the latest, and how many older were skipped.
    let positions = Lock<[String: (latest: String, count: Int, skipped: UInt64)]>([:])
    let shots = Lock(0)
    /// Calls of `sleep` that run, and those that were ended.
    let sleeping = Lock((begun: 0, ended: 0))
    let topics = Topics()
    private let folder: String
    private let files: FileFolder
    let ledger = Lock<Ledger?>(nil)
    /// Asked after each message of `numbers`.
    let onNumber: @Sendable (Int) -> Void

    init(onNumber: @escaping @Sendable (Int) -> Void = { _ in }) throws {
        self.onNumber = onNumber
        folder = String(try run("mktemp", "-d").dropLast())
        files = try FileFolder(folder)
    }

    deinit { _ = try? run("rm", "-r", folder) }

    /// Serves one session to its end.
    @Sendable func serve(_ session: Session) async throws {
        defer { ledger.withLock { $0 = session.ledger } }
        try await session.serve(handlers(session))
    }

    private func handlers(_ session: Session) -> SessionHandlers {
        var handlers = SessionHandlers()
        addChannels(to: &handlers)
        addExamples(to: &handlers)
        addEarlyEnds(to: &handlers)
        handlers.topics(topics)
        handlers.files(files)
        handlers.reply("echo") { $0 }
        handlers.reply("refuse") { _ in throw CallRefusal(SessionCode(rawValue: 1_024), "no") }
        handlers.reply("fail") { _ in throw SocketError(.closed, in: .send) }
        handlers.reply("shots") { _ in Array("\(self.shots.withLock { $0 })".utf8) }
        handlers.call("sleep") { call in
            self.sleeping.withLock { $0.begun += 1 }
            defer { self.sleeping.withLock { $0.ended += 1 } }
            for try await _ in call.requests {}
            try await EventLoopGroup.shared.next().sleep(until: .never)
        }
        handlers.reply("asleep") { _ in
            while !self.sleeping.withLock({ $0.begun > 1 }) { await Task.yield() }
            return []
        }
        handlers.call("reverse") { call in
            var words: [[UInt8]] = []
            for try await case .message(let message) in call.requests {
                words.append(message.bytes)
            }
            for word in words.reversed() { try await call.post(word) }
        }
        handlers.reply("your turn") { _ in
            try await self.speak(session)
            return Array("all well".utf8)
        }
        return handlers
    }

    private func addChannels(to handlers: inout SessionHandlers) {
        handlers.log("numbers") { log in
            for try await case .message(let message) in log {
                let count = self.numbers.withLock { numbers in
                    numbers.append(message.text.split(separator: " ").first.map(String.init) ?? "")
                    return numbers.count
                }
                self.onNumber(count)
            }
        }
        handlers.state("positions") { state in
            for try await case .value(let key, let bytes, let skipped) in state {
                let key = key.text
                self.positions.withLock { positions in
                    let old = positions[key] ?? ("", 0, 0)
                    let latest = String(decoding: bytes, as: UTF8.self)
                    positions[key] = (latest, old.count + 1, old.skipped + skipped)
                }
            }
        }
        handlers.datagrams("shots") { shots in
            for try await case .message in shots { self.shots.withLock { $0 += 1 } }
        }
    }

    /// Calls that end after the first message, whatever is still to come.
    private func addEarlyEnds(to handlers: inout SessionHandlers) {
        handlers.call("early refusal") { call in
            _ = try await call.requests.next()
            throw CallRefusal(SessionCode(rawValue: 1_024), "no")
        }
        handlers.call("early end") { call in _ = try await call.requests.next() }
        handlers.call("early failure") { call in
            _ = try await call.requests.next()
            throw SocketError(.closed, in: .send)
        }
        handlers.call("early reset") { call in
            _ = try await call.requests.next()
            call.reset(.superseded)
        }
    }

    /// What the example of Clients/README.md talks to.
    private func addExamples(to handlers: inout SessionHandlers) {
        handlers.log("greetings") { for try await _ in $0 {} }
        handlers.state("position") { for try await _ in $0 {} }
        handlers.datagrams("input") { for try await _ in $0 {} }
        handlers.reply("add") { request in
            let digits = String(decoding: request, as: UTF8.self).split { !$0.isNumber }
            return Array("\(digits.compactMap { Int($0) }.reduce(0, +))".utf8)
        }
    }

    /// The server's calls and messages to the client.
    private func speak(_ session: Session) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await session.call("shout", "word \(number)")
                        == Array("WORD \(number)".utf8)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        let refusal = await #expect(throws: SessionError.self) {
            try await session.call("shout", "not this")
        }
        #expect(refusal?.code == SessionCode(rawValue: 1_025))
        #expect(refusal?.text == "never")
        let unknown = await #expect(throws: SessionError.self) { try await session.call("nobody") }
        #expect(unknown?.code == .unknownName)
        #expect(unknown?.receipt == .notDelivered(.unknownName))
        // Far more than queue and window hold.
        let early = try await session.openCall("early")
        let answered = await #expect(throws: SessionError.self) {
            for _ in 0..<100 { try await early.post([UInt8](repeating: 7, count: 100_000)) }
        }
        #expect(answered?.kind == .answered)
        let outcome = await #expect(throws: SessionError.self) { try await early.answers.next() }
        #expect(outcome?.code == SessionCode(rawValue: 1_026))
        #expect(outcome?.text == "enough")
        let feed = try await session.log("feed")
        for number in 0..<1_000 { try await feed.post("\(number)") }
        try await feed.finish()
        let prices = try await session.state("prices")
        for number in 0..<99 { try await prices.post(Array("\(number)".utf8), key: "gold") }
        #expect(try await prices.send(Array("99".utf8), key: "gold") == .delivered)
        try await prices.finish()
    }

    /// Compares what was seen with what a client does in its parts `logs`, `states`, and the ledgers.
    func check(_ parts: String, clientSaid output: String) throws {
        try #require(output.hasPrefix("ok\n"), "\(output)")
        if parts.contains("logs") {
            #expect(numbers.withLock { $0 } == (0...2_000).map { "\($0)" })
        }
        if parts.contains("states") {
            let positions = positions.withLock { $0 }
            #expect(positions["a"]?.latest == "498")
            #expect(positions["b"]?.latest == "499")
            for (_, seen) in positions { #expect(seen.count + Int(seen.skipped) == 250) }
        }
        if parts.contains("deadlines") {
            let sleeping = sleeping.withLock { $0 }
            #expect(sleeping.begun == sleeping.ended)
        }
        let theirs = try Ledger(text: String(output.dropFirst("ok\n".count)))
        let ours = try #require(ledger.withLock { $0 })
        #expect(Ledger.balance(theirs, ours) == [])
    }
}
