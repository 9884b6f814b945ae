import HTTP
import HTTPCodec
import Sockets
import SocketsTesting
import Testing
import WebSocketCodec

/// A WebSocket as a stream of bytes.
struct WebSocketByteStreamTests {
    /// Serves a WebSocket by `body`, and gives the client's end to `client`.
    private func withSocket(
        serving body: @escaping @Sendable (WebSocketConnection) async throws -> Void,
        _ client: (WebSocketConnection) async throws -> Void
    ) async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        defer { listener.close() }
        let server = HTTPServer(listener)
        let (near, far) = InMemoryStream.pair()
        try await withDeadline(.after(.seconds(20))) {
            async let serving: Void = server.serve(far, of: nil, isSecure: false) { _, response in
                try await body(response.acceptWebSocket())
            }
            do {
                try await client(
                    try await WebSocketConnection.connect(over: near, host: "example.org")
                )
                near.close()
                await serving
            } catch {
                near.close()
                await serving
                throw error
            }
        }
    }

    private static let echo: @Sendable (WebSocketConnection) async throws -> Void = { socket in
        let stream = WebSocketByteStream(socket)
        var buffer = ByteBuffer()
        while try await stream.receive(into: &buffer) > 0 {
            try await stream.send(buffer.bytes)
            buffer.clear()
        }
        try await stream.finish()
    }

    /// Receives until there are so many bytes.
    private func receive(_ count: Int, from stream: WebSocketByteStream) async throws -> [UInt8] {
        var buffer = ByteBuffer()
        while buffer.count < count {
            guard try await stream.receive(into: &buffer) > 0 else { break }
        }
        return buffer.array()
    }

    @Test func bytesGoBothWaysWhateverTheirNumber() async throws {
        try await withSocket(serving: Self.echo) { socket in
            let stream = WebSocketByteStream(socket)
            for size in [1, 125, 126, 65_535, 65_536, 65_537, 300_000] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                async let sending: Void = stream.send(bytes)
                #expect(try await receive(size, from: stream) == bytes)
                try await sending
            }
            try await stream.finish()
            try await stream.finish()
            for _ in 0..<2 { #expect(try await receive(1, from: stream) == []) }
            await #expect(throws: SocketError.self) { try await stream.send("x") }
        }
    }

    @Test func aMessageIsTakenPieceByPiece() async throws {
        try await withSocket(serving: Self.echo) { socket in
            let stream = WebSocketByteStream(socket)
            try await stream.send("abcdefgh")
            var small = ByteBuffer(limit: 3)
            #expect(try await stream.receive(into: &small) == 3)
            #expect(small.array() == Array("abc".utf8))
            let full = await #expect(throws: SocketError.self) {
                var small = ByteBuffer(limit: 1)
                small.append([0])
                _ = try await stream.receive(into: &small)
            }
            #expect(full?.code == .limitExceeded)
            #expect(try await receive(5, from: stream) == Array("defgh".utf8))
        }
    }

    @Test func emptyMessagesAreNothing() async throws {
        try await withSocket { socket in
            for _ in 0..<1_000 { try await socket.send([UInt8]()) }
            try await socket.send([7])
            await socket.close()
        } _: { socket in
            let stream = WebSocketByteStream(socket)
            let only = try await receive(1, from: stream)
            #expect(only == [7])
            let end = try await receive(1, from: stream)
            #expect(end == [])
        }
    }

    @Test func aTextIsAnError() async throws {
        try await withSocket { socket in
            try await socket.send("text")
            _ = try await socket.receive()
            #expect(socket.closure?.code == .unsupportedData)
        } _: { socket in
            let stream = WebSocketByteStream(socket)
            let error = await #expect(throws: SocketError.self) {
                _ = try await self.receive(1, from: stream)
            }
            #expect(error?.code == .malformed)
            // So that the other end sees why.
            _ = try? await receive(1, from: stream)
        }
    }

    @Test func anErrorOfThePeersIsNoEnd() async throws {
        try await withSocket { socket in
            await socket.close(.internalError)
        } _: { socket in
            let stream = WebSocketByteStream(socket)
            let error = await #expect(throws: SocketError.self) {
                _ = try await self.receive(1, from: stream)
            }
            #expect(error?.code == .reset)
        }
    }

    @Test func aCancelledReceiveLosesNothing() async throws {
        try await withSocket(serving: Self.echo) { socket in
            let stream = WebSocketByteStream(socket)
            let error = await #expect(throws: SocketError.self) {
                try await withDeadline(.after(.milliseconds(20))) {
                    _ = try await self.receive(1, from: stream)
                }
            }
            #expect(error?.code == .deadlinePassed)
            try await stream.send("here")
            #expect(try await receive(4, from: stream) == Array("here".utf8))
            stream.close()
            let closed = await #expect(throws: SocketError.self) {
                _ = try await self.receive(1, from: stream)
            }
            #expect(closed?.code == .closed)
        }
    }
}
