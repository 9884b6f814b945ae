import Sockets
import Testing

@testable import ChatClient

struct OutboundTests {
    /// A connection, and its other end.
    private func pair() async throws -> (StreamConnection, StreamConnection) {
        let listener = try await StreamListener.listen(on: "127.0.0.1:0")
        defer { listener.close() }
        async let accepted = listener.accept()
        let connection = try await StreamConnection.connect(to: Endpoint(listener.localAddress))
        return (connection, try await accepted)
    }

    @Test func whatSeveralTasksSendIsNotMixed() async throws {
        let (connection, other) = try await pair()
        let outbound = Outbound(connection)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                let line = String(repeating: Character("\(number % 10)"), count: 5_000) + "\n"
                group.addTask { try await outbound.send(line) }
            }
            let reader = ByteReader(other)
            for _ in 0..<20 {
                let line = try #require(try await reader.line(limit: 10_000))
                #expect(Set(line).count == 1 && line.count == 5_000)
            }
            try await group.waitForAll()
        }
        connection.close()
        other.close()
    }

    @Test func whatCouldNotBeSentIsKnown() async throws {
        let (connection, other) = try await pair()
        let outbound = Outbound(connection)
        try await outbound.send("arrived\n")
        let reader = ByteReader(other)
        #expect(try await reader.line(limit: 100) == "arrived")
        connection.close()
        await #expect(throws: SocketError.self) { try await outbound.send("lost\n") }
        await #expect(throws: SocketError.self) { try await outbound.send("lost, too\n") }
        #expect(await outbound.notSent == ["lost", "lost, too"])
        other.close()
    }

    @Test func theGoodbyeIsSaidOnceAndEndsAnUnfinishedLine() async throws {
        for (said, expected) in [
            ("hello\n", "hello\nbye\n"), ("hello", "hello\nbye\n"), ("bye\n", "bye\n"),
            ("/quit\n", "/quit\n"), ("", "bye\n"), ("  BYE  \n", "  BYE  \n"),
            ("bye bye\n", "bye bye\nbye\n"),
        ] {
            let (connection, other) = try await pair()
            let outbound = Outbound(connection)
            try await outbound.send(said)
            try await outbound.leave()
            var buffer = ByteBuffer(limit: 1_000)
            while try await other.receive(into: &buffer) > 0 {}
            #expect(String(decoding: buffer.array(), as: UTF8.self) == expected)
            connection.close()
            other.close()
        }
    }
}
