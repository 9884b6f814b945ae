import Sessions
import Sockets

/// One end of an exchange: it sends everything of its plan, and looks at what comes.
final class Exchange: Sendable {
    let plan: ExchangePlan
    private let findings: Lock<Findings>
    /// What the other end says of this end's news and late calls.
    private let verdict = Lock<Verdict?>(nil)
    private let isDone: AsyncStream<Void>
    private let done: AsyncStream<Void>.Continuation

    init(_ plan: ExchangePlan) {
        self.plan = plan
        findings = Lock(Findings(plan))
        (isDone, done) = AsyncStream.makeStream()
    }

    /// What takes all that the other end sends.
    var handlers: SessionHandlers {
        var handlers = SessionHandlers()
        handlers.log("audit") { log in
            for try await element in log { self.findings.withLock { $0.takeAudit(element) } }
        }
        handlers.log("news") { log in
            for try await element in log { self.findings.withLock { $0.takeNews(element) } }
        }
        handlers.datagrams("inputs") { inputs in
            for try await element in inputs { self.findings.withLock { $0.takeDatagram(element) } }
        }
        handlers.state("prices") { prices in
            for try await element in prices { self.findings.withLock { $0.take(element) } }
        }
        handlers.reply("count") { request in
            self.findings.withLock { $0.run(request) }
            return request
        }
        handlers.reply("verdict") { request in
            NumberList.bytes(self.judge(NumberList.numbers(request)))
        }
        handlers.reply("done") { _ in
            for await _ in self.isDone {}
            return []
        }
        return handlers
    }

    /// Sends everything, and hears what the other end says of it.
    func run(in session: Session) async throws {
        async let late = call(in: session)
        let droppedCount = try await send(in: session)
        let calls = try await late
        let answer = NumberList.numbers(
            try await session.call(
                "verdict",
                NumberList.bytes(
                    [droppedCount, calls.refused.count] + calls.refused + calls.unknown
                )
            )
        )
        guard answer.count == 3 else { return note("no verdict, but \(answer)") }
        let verdict = Verdict(
            droppedCount: droppedCount,
            refusedCount: calls.refused.count,
            unknownCount: calls.unknown.count,
            unknownRunCount: answer[2]
        )
        if answer[0] != droppedCount {
            note("\(droppedCount) news were dropped, and gaps say \(answer[0])")
        }
        if answer[1] > 0 { note("\(answer[1]) calls ran that were not delivered") }
        self.verdict.withLock { $0 = verdict }
        done.finish()
    }

    /// `dropped, refused count, refused…, unknown…` of the other end; gives what this one saw of each.
    private func judge(_ claims: [Int]) -> [Int] {
        guard claims.count >= 2, claims.count - 2 >= claims[1] else { return [] }
        let (refused, unknown) = (claims[2..<2 + claims[1]], claims[(2 + claims[1])...])
        return findings.withLock {
            [$0.gapCount, $0.runCount(of: refused), $0.runCount(of: unknown)]
        }
    }

    func note(_ mistake: String) { findings.withLock { $0.note(mistake) } }

    /// Says what was found; gives whether all was right.
    func report(_ session: Session) -> Bool {
        let findings = findings.withLock { findings in
            findings.conclude()
            return findings
        }
        let counts = session.statistics()
        let verdict = verdict.withLock { $0 } ?? Verdict()
        say(
            """
            \(session.role): sent \(counts.sentCount): \(counts.deliveredCount) delivered, \
            \(counts.notDeliveredCount) not, \(counts.unknownCount) unknown
            \(session.role): \(verdict.words)
            \(session.role): took \(findings.takenCount): \(findings.gapCount) news in gaps, \
            \(findings.skippedValueCount) values skipped, \(findings.datagramCount) of \
            \(plan.datagramCount) datagrams, \(findings.runCount) calls
            """
        )
        if session.role == .client {
            say("connections lost: \(counts.attachmentCount - 1)")
        }
        for mistake in findings.mistakes { say("\(session.role): WRONG: \(mistake)") }
        if counts.unsettledCount != 0 { say("WRONG: \(counts.unsettledCount) without receipt") }
        say("\(session.role): \(findings.mistakeCount) mistakes")
        return findings.mistakeCount == 0 && counts.unsettledCount == 0
    }
}

/// What became of the sends that were not all meant to arrive.
struct Verdict: Sendable {
    /// News for which there was no room.
    var droppedCount = 0
    /// Calls that were too late, of which the receipt says that they were not delivered.
    var refusedCount = 0
    /// The same, of which nobody could say so at their deadline; and how many of them ran.
    var unknownCount = 0
    var unknownRunCount = 0

    var words: String {
        """
        \(droppedCount) news dropped; calls too late: \(refusedCount) not delivered, none of them \
        ran; \(unknownCount) unknown or begun, \(unknownRunCount) of them ran
        """
    }
}
