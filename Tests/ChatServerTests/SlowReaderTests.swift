import ChatCore
import ChatServer
import Sockets
import Testing

@Suite struct SlowReaderTests {
    /// Nobody refuses a flood here, so that queues fill within a test.
    private var chat: ChatLimits {
        var limits = ChatLimits()
        limits.commandsPerSecondLimit = 1_000_000
        limits.commandBurstLimit = 1_000_000
        return limits
    }

    private var limits: ChatServer.Limits {
        var limits = ChatServer.Limits()
        limits.queueSizeLimit = 65_536
        limits.sendBufferSize = 4_096
        return limits
    }

    /// Says things until someone is seen to leave.
    private func talk(_ ada: Person, until beginning: String) async throws -> String? {
        let talking = Task { [connection = ada.connection] in
            let line = String(repeating: "x", count: 1_000) + "\n"
            while !Task.isCancelled { try await connection.send(line) }
        }
        defer { talking.cancel() }
        return try await ada.lines(until: beginning).last
    }

    @Test func isToldAndDroppedWhileOthersGoOn() async throws {
        try await withChat(chat: chat, limits: limits) { server, addresses in
            let slow = try await Person.entering(addresses[0], as: "slow")
            let ada = try await Person.entering(addresses[0], as: "ada")
            let last = try await talk(ada, until: "* slow left")
            #expect(last == "* slow left #lobby: read too slowly (1 here)")
            // Now it reads: what was said before, whole lines only, and what became of the rest.
            let lines = try await slow.rest()
            #expect(lines.dropFirst().dropLast().allSatisfy { $0.hasPrefix("[#lobby] ada: x") })
            let words = try #require(lines.last)
            #expect(words.hasPrefix("* you read too slowly: "))
            #expect(words.hasSuffix(" not delivered; goodbye"))
            #expect(server.statistics().slowReaderCount == 1)
            #expect(server.statistics().memberCount == 1)
        }
    }

    @Test func isClosedWhenItNeverReads() async throws {
        var limits = limits
        limits.closeTimeLimit = .milliseconds(50)
        try await withChat(chat: chat, limits: limits) { server, addresses in
            let slow = try await Person.entering(addresses[0], as: "slow")
            let ada = try await Person.entering(addresses[0], as: "ada")
            _ = try await talk(ada, until: "* slow left")
            // The connection ends by itself: its sending side fails once the server has closed.
            await #expect(throws: SocketError.self) {
                while true { try await slow.connection.send("x\n") }
            }
        }
    }
}
