import HTTP
import HTTPCodec
import Sockets
import Testing

/// Runs `body` beside one of our servers; gives it the server's URL.
func withServer<Result>(
    _ configuration: HTTPServer.Configuration = .init(),
    _ handler: @escaping HTTPServer.Handler,
    _ body: (HTTPURL, HTTPServer) async throws -> Result
) async throws -> Result {
    try await withDeadline(.after(.seconds(30))) {
        try await HTTPServer.listen(on: "127.0.0.1:0", configuration) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.serve(handler) }
                defer { server.drain(before: .now) }
                return try await body(HTTPURL("http://\(server.localAddress)/"), server)
            }
        }
    }
}

/// Runs `body` beside a server that does with each connection what it is told, however wrong; gives it
/// the server's URL.
func withRawServer<Result>(
    _ handler: @escaping @Sendable (StreamConnection, _ number: Int) async throws -> Void,
    _ body: (HTTPURL) async throws -> Result
) async throws -> Result {
    let count = Count()
    return try await withDeadline(.after(.seconds(30))) {
        try await StreamListener.listen(on: "127.0.0.1:0") { listener in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await listener.serve { connection in
                        try await handler(connection, count.next())
                    }
                }
                defer { listener.drain(before: .now) }
                return try await body(HTTPURL("http://\(listener.localAddress)/"))
            }
        }
    }
}

/// Numbers from one on.
final class Count: Sendable {
    private let last = Lock(0)

    func next() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }
}

extension StreamConnection {
    /// Receives to the end of a head; nil at the end of the stream.
    @discardableResult
    func receiveHead() async throws -> String? {
        var buffer = ByteBuffer()
        while true {
            if try await receive(into: &buffer) == 0 { return nil }
            let text = String(decoding: buffer.array(), as: UTF8.self)
            if text.contains("\r\n\r\n") { return text }
        }
    }
}

extension HTTPClient {
    /// Expects a text at a URL.
    func expect(
        _ expected: String,
        at url: HTTPURL,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await get(url, limit: 65_536)
        #expect(text(answer) == expected, sourceLocation: sourceLocation)
    }

    /// What a failing request failed with.
    func failure(
        of request: HTTPClientRequest,
        _ body: HTTPRequestBody = .none
    ) async -> HTTPClientError? {
        do {
            _ = try await send(request, body) { try await $0.body(limit: 1 << 20) }
            return nil
        } catch {
            return error as? HTTPClientError
        }
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
