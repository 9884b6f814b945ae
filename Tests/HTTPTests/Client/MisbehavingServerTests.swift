import HTTP
import HTTPCodec
import Sockets
import Testing

struct MisbehavingServerTests {
    /// What a client makes of a server that answers with these bytes and ends.
    private func failure(
        after answer: String,
        _ configuration: HTTPClient.Configuration = .init()
    ) async throws -> HTTPClientError? {
        try await withRawServer { connection, _ in
            try await connection.receiveHead()
            try await connection.send(answer)
            try await connection.finish()
            var rest = ByteBuffer()
            _ = try? await connection.receive(into: &rest)
        } _: { url in
            let client = HTTPClient(configuration)
            defer { client.close() }
            return await client.failure(of: HTTPClientRequest(.get, url))
        }
    }

    @Test(
        arguments: [
            ("", .unanswered), ("HTTP/1.1 200 O", .truncated(received: 0, announced: nil)),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
                .truncated(received: 5, announced: 10)
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                .truncated(received: 5, announced: nil)
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                .truncated(received: 3, announced: nil)
            ),
            ("HTTP/1.1 100 Continue\r\n\r\n", .truncated(received: 0, announced: nil)),
            ("nonsense\r\n\r\n", .violation), ("HTTP/2 200 OK\r\n\r\n", .violation),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", .violation),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .violation),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .violation),
            ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 400_000))\r\n\r\n", .violation),
            (String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 100), .violation),
            (
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                .wrongProtocol("x")
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n",
                .bodyTooLarge(limit: 1 << 20)
            ),
        ] as [(String, HTTPClientError.Reason)]
    )
    func isAnErrorThatSaysWhich(_ answer: String, _ reason: HTTPClientError.Reason) async throws {
        let error = try await failure(after: answer)
        #expect(error?.reason == reason, "\(error.map { "\($0)" } ?? "no error")")
    }

    @Test func aBodyUntilTheEndIsWhole() async throws {
        #expect(try await failure(after: "HTTP/1.1 200 OK\r\n\r\nall of it") == nil)
        #expect(try await failure(after: "HTTP/1.0 200 OK\r\n\r\nall of it") == nil)
    }

    @Test func aServerThatSaysNothingIsGivenUp() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.headTimeLimit = .milliseconds(30)
        try await withRawServer { connection, _ in
            var rest = ByteBuffer()
            while try await connection.receive(into: &rest) > 0 {}
        } _: { url in
            let client = HTTPClient(configuration)
            defer { client.close() }
            let error = await client.failure(of: HTTPClientRequest(.get, url))
            #expect(error?.reason == .headTooSlow)
        }
    }

    @Test func aBodyThatDripsIsGivenUp() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.pace = HTTPPace(grace: .milliseconds(30), bytesPerSecond: 500)
        try await withRawServer { connection, _ in
            try await connection.receiveHead()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1")
            var rest = ByteBuffer()
            while try await connection.receive(into: &rest) > 0 {}
        } _: { url in
            let client = HTTPClient(configuration)
            defer { client.close() }
            let error = await client.failure(of: HTTPClientRequest(.get, url))
            #expect(error?.reason == .bodyTooSlow)
        }
    }

    @Test func aCallersDeadlineAndCancellationEndIt() async throws {
        try await withRawServer { connection, _ in
            var rest = ByteBuffer()
            while try await connection.receive(into: &rest) > 0 {}
        } _: { url in
            let client = HTTPClient()
            defer { client.close() }
            let late = await withDeadline(.after(.milliseconds(30))) {
                await client.failure(of: HTTPClientRequest(.get, url))
            }
            #expect(late?.socketError?.code == .deadlinePassed)
            let task = Task { await client.failure(of: HTTPClientRequest(.get, url)) }
            task.cancel()
            #expect(await task.value?.socketError?.code == .cancelled)
        }
    }

    @Test func anEarlyAnswerIsReadAlthoughTheBodyWasNotTaken() async throws {
        try await withRawServer { connection, _ in
            try await connection.receiveHead()
            try await connection.send(
                "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
            )
            // Takes no more, and keeps the connection until the client has had enough.
            var rest = ByteBuffer()
            _ = try await connection.receive(into: &rest)
            try await connection.loop.sleep(until: .after(.seconds(20)))
        } _: { url in
            let client = HTTPClient()
            defer { client.close() }
            let body = HTTPRequestBody.stream(length: 1 << 30) { writer in
                let piece = [UInt8](repeating: 1, count: 1 << 20)
                for _ in 0..<1024 { try await writer.write(piece) }
            }
            let status = try await client.send(HTTPClientRequest(.post, url), body) { response in
                _ = try await response.body(limit: 2)
                return response.status
            }
            #expect(status == .contentTooLarge)
        }
    }
}
