import ChatCore
import ChatServer
import Sockets
import Testing

@Suite struct ShutdownTests {
    @Test func tellsEveryoneAndSendsWhatWaits() async throws {
        try await withChat { server, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let bob = try await Person.entering(addresses[0], as: "bob")
            let nobody = try await Person.arriving(at: addresses[0])
            for number in 1...20 { try await ada.type("line \(number)") }
            try await ada.type("/who")
            _ = try await ada.lines(until: "* 2 in")
            server.stop()
            let lines = (1...20).map { "[#lobby] ada: line \($0)" }
            #expect(try await bob.rest() == lines + ["* the chat stops; goodbye"])
            #expect(try await ada.rest() == ["* the chat stops; goodbye"])
            #expect(try await nobody.rest() == ["* the chat stops; goodbye"])
        }
    }

    @Test func endsWithinTheDrainTimeForThoseWhoDoNotRead() async throws {
        var limits = ChatServer.Limits()
        limits.drainTimeLimit = .milliseconds(100)
        limits.sendBufferSize = 4_096
        var chat = ChatLimits()
        chat.commandBurstLimit = 1_000_000
        try await withChat(chat: chat, limits: limits) { server, addresses in
            let slow = try await Person.entering(addresses[0], as: "slow")
            let ada = try await Person.entering(addresses[0], as: "ada")
            let line = String(repeating: "x", count: 1_000)
            for _ in 1...1_000 { try await ada.type(line) }
            try await ada.type("/who")
            _ = try await ada.lines(until: "* 2 in")
            server.stop()
            // `withChat` waits for the server's end.
            _ = slow
        }
    }

    @Test func cancellingEndsAtOnce() async throws {
        let (addresses, announce) = AsyncStream<[SocketAddress]>.makeStream()
        let server = ChatServer(.init(endpoints: ["127.0.0.1:0"])) { announce.yield($0) }
        let running = Task { try await server.run() }
        let address = try #require(await addresses.first { _ in true })[0]
        let ada = try await Person.entering(address, as: "ada")
        running.cancel()
        try? await running.value
        #expect(try await withDeadline(.after(.seconds(10))) { try await ada.line() } == nil)
        #expect(server.statistics().connectionCount == 0)
    }

    @Test func stoppingBeforeItRunsIsStopping() async throws {
        let server = ChatServer(.init(endpoints: ["127.0.0.1:0"]))
        server.stop()
        try await server.run()
    }

    @Test func aPortInUseFailsAndServesNobody() async throws {
        try await withChat { _, addresses in
            let second = ChatServer(.init(endpoints: ["127.0.0.1:0", Endpoint(addresses[0])])) {
                _ in Issue.record("it cannot listen")
            }
            let error = await #expect(throws: SocketError.self) { try await second.run() }
            #expect(error?.code == .addressInUse)
        }
    }
}
