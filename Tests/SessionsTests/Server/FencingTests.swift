import Sockets
import Testing

@testable import SessionProtocol
@testable import Sessions

@Suite struct FencingTests {
    private func withOlder(
        _ carrier: SessionBench.Carrier = .tcp,
        _ body: (SessionBench, Session, SessionTicket) async throws -> Void
    ) async throws {
        let bench = SessionBench(carrier)
        var handlers = SessionHandlers()
        handlers.reply("echo") { $0 }
        try await bench.serve { [handlers] in
            try await $0.serve(handlers)
        } during: {
            try await bench.connect { session in
                try await body(bench, session, session.state.withLock { $0.machine.ticket })
            }
        }
    }

    /// A call, by hand.
    private func echo(_ client: BareClient) async throws -> [UInt8] {
        let stream = try client.machine.open(.call, name: Array("echo".utf8))
        _ = try client.machine.send([1, 2, 3], on: stream, isLast: true)
        while true {
            let events = try await client.step()
            guard events.contains(.readable(stream)) else { continue }
            let now = SessionInstant(microseconds: UInt64(Deadline.now.nanoseconds) / 1_000)
            guard case .message(_, let bytes, _)? = client.machine.take(from: stream, now: now)
            else { continue }
            return bytes
        }
    }

    @Test(arguments: SessionBench.Carrier.allCases)
    func ofTwoClientsWithOneTicketTheNewerStays(_ carrier: SessionBench.Carrier) async throws {
        try await withOlder(carrier) { bench, older, ticket in
            let newer = BareClient(try await bench.dial("localhost:1"), ticket, epoch: 9)
            #expect(try await newer.attach() == nil)
            let ending = try await withDeadline(.after(.seconds(10))) {
                try await older.waitForEnd()
            }
            #expect(ending == .refused(Refusal(.staleEpoch)))
            // It was told once, and has not come back: the newer one has the session to itself.
            #expect(bench.connectionCount == 3)
            #expect(try await echo(newer) == [1, 2, 3])
            #expect(bench.server.sessions.map(\.id) == [older.id])
            #expect(bench.server.statistics().refusedCount == 1)
            #expect(bench.connectionCount == 3)
        }
    }

    @Test func whoKnowsOnlyTheNameIsRefused() async throws {
        try await withOlder { bench, older, ticket in
            let forged = SessionTicket(
                session: ticket.session,
                secret: SessionTicket.random.session
            )
            let client = BareClient(try await bench.dial("localhost:1"), forged, epoch: 9)
            #expect(try await client.attach()?.code == .wrongTicket)
            #expect(try await older.call("echo", "x") == Array("x".utf8))
            #expect(older.statistics().attachmentCount == 1)
        }
    }

    @Test func anAttachmentOfTheSameOrAnOlderEpochIsRefused() async throws {
        try await withOlder { bench, older, ticket in
            let client = BareClient(try await bench.dial("localhost:1"), ticket, epoch: 1)
            #expect(try await client.attach()?.code == .staleEpoch)
            #expect(try await older.call("echo", "x") == Array("x".utf8))
            #expect(older.statistics().attachmentCount == 1)
        }
    }

    /// Who has the ticket and says what cannot be has lost track: nobody knows any more what was taken.
    @Test func whoClaimsToHaveReceivedWhatWasNeverSentEndsTheSession() async throws {
        try await withOlder { bench, older, ticket in
            let stream = try await bench.dial("localhost:1")
            let request = AttachRequest(
                ticket: ticket,
                epoch: 9,
                isResuming: true,
                receivedCount: 1_000,
                clock: 0,
                limits: SessionLimits(),
                credentials: []
            )
            var bytes = Hello.bytes(version: Hello.version)
            Frame.attach(request).write(into: &bytes)
            try await stream.send(bytes)
            let ending = try await withDeadline(.after(.seconds(10))) {
                try await older.waitForEnd()
            }
            stream.close()
            #expect(ending.code == .unknownSession)
            while !bench.server.sessions.isEmpty { await Task.yield() }
        }
    }
}
