import HTTP
import HTTPCodec
import Sockets
import SocketsTesting
import Testing
import WebSocketCodec

struct WebSocketTests {
    /// Serves a WebSocket by `body` and gives the client's end to `client`.
    private func withSocket(
        _ serverSide: WebSocketConfiguration = .init(),
        _ clientSide: WebSocketConfiguration = .init(),
        fields: HTTPFields = [:],
        serving body: @escaping @Sendable (WebSocketConnection) async throws -> Void,
        _ client: (WebSocketConnection) async throws -> Void
    ) async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        defer { listener.close() }
        let server = HTTPServer(listener)
        let (near, far) = InMemoryStream.pair()
        try await withDeadline(.after(.seconds(20))) {
            async let serving: Void = server.serve(far, of: nil, isSecure: false) { _, response in
                try await body(response.acceptWebSocket(serverSide))
            }
            do {
                let socket = try await WebSocketConnection.connect(
                    over: near,
                    host: "example.org",
                    fields: fields,
                    clientSide
                )
                try await client(socket)
                await socket.close()
            } catch {
                near.close()
                await serving
                throw error
            }
            await serving
        }
    }

    private static let echo: @Sendable (WebSocketConnection) async throws -> Void = { socket in
        while let message = try await socket.receive() {
            switch message {
            case .text(let text): try await socket.send(text)
            case .binary(let bytes): try await socket.send(bytes)
            }
        }
    }

    @Test func messagesGoBothWaysWhole() async throws {
        try await withSocket(serving: Self.echo) { socket in
            for size in [0, 1, 125, 126, 65_535, 65_536, 300_000] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                try await socket.send(bytes)
                #expect(try await socket.receive() == .binary(bytes))
            }
            try await socket.send("grüße 👋")
            #expect(try await socket.receive() == .text("grüße 👋"))
        }
    }

    @Test func compressedMessagesGoBothWaysWhenBothWantIt() async throws {
        var configuration = WebSocketConfiguration()
        configuration.compresses = true
        try await withSocket(configuration, configuration, serving: Self.echo) { socket in
            let text = String(repeating: "again and ", count: 10_000)
            try await socket.send(text)
            #expect(try await socket.receive() == .text(text))
        }
    }

    @Test func theServerChoosesTheSubprotocolItWantsMost() async throws {
        var server = WebSocketConfiguration()
        server.subprotocols = ["b", "a"]
        var client = WebSocketConfiguration()
        client.subprotocols = ["a", "b", "c"]
        try await withSocket(server, client, serving: Self.echo) { socket in
            #expect(socket.subprotocol == "b")
        }
    }

    @Test func aPageOfAnotherHostMayNotConnect() async throws {
        for (origin, isAllowed) in [
            ("http://example.org", true), ("https://EXAMPLE.org", true),
            ("http://evil.example", false), ("null", false), ("http://example.org:81", false),
        ] {
            do {
                try await withSocket(fields: [.origin: origin], serving: Self.echo) { _ in }
                #expect(isAllowed, "\(origin)")
            } catch let error as WebSocketHandshakeError {
                #expect(!isAllowed, "\(origin)")
                #expect(error == .refused(.forbidden))
            }
        }
    }

    @Test func bothSidesLearnHowItWasClosed() async throws {
        let (told, saw) = (Mailbox(), Mailbox())
        let serve: @Sendable (WebSocketConnection) async throws -> Void = { socket in
            while try await socket.receive() != nil {}
            told.put(socket.closure)
        }
        try await withSocket(serving: serve) { socket in
            await socket.close(.goingAway, reason: "enough")
            saw.put(socket.closure)
        }
        #expect(told.value == WebSocketClose(.goingAway, reason: "enough"))
        #expect(saw.value == WebSocketClose(.goingAway))
    }

    @Test func aCloseInTheMiddleOfAnothersReceiveEndsIt() async throws {
        try await withSocket(serving: Self.echo) { socket in
            async let end = received(from: socket)
            try await untilSomebodyReceives(from: socket)
            await socket.close()
            let message = try await end
            #expect(message == nil)
        }
    }

    @Test func aStreamThatEndsWithoutACloseFrameIsNoCleanEnd() async throws {
        let serve: @Sendable (WebSocketConnection) async throws -> Void = { _ in }
        await #expect {
            try await withSocket(serving: serve) { socket in _ = try await socket.receive() }
        } throws: {
            ($0 as? SocketError)?.code == .unexpectedEnd
        }
    }

    @Test func aMessageBeyondTheLimitIsRefusedWithItsCode() async throws {
        var server = WebSocketConfiguration()
        server.limits.messageSizeLimit = 1000
        let error = Mailbox()
        let serve: @Sendable (WebSocketConnection) async throws -> Void = { socket in
            do { _ = try await socket.receive() } catch { _ = error }
        }
        try await withSocket(
            server,
            serving: serve
        ) { socket in
            try await socket.send([UInt8](repeating: 1, count: 1001))
            #expect(try await socket.receive() == nil)
            error.put(socket.closure)
        }
        #expect(error.value?.code == .messageTooBig)
    }

    @Test func aSilentPeerIsPingedAndThenGivenUp() async throws {
        var client = WebSocketConfiguration()
        client.pingInterval = .milliseconds(20)
        client.closeTimeLimit = .milliseconds(20)
        let serve: @Sendable (WebSocketConnection) async throws -> Void = { _ in
            // Hears nothing, so answers nothing.
            try await EventLoopGroup.shared.next().sleep(until: .after(.milliseconds(500)))
        }
        await #expect {
            try await withSocket(
                .init(),
                client,
                serving: serve
            ) { socket in _ = try await socket.receive() }
        } throws: {
            ($0 as? SocketError)?.code == .timedOut
        }
    }

    @Test func aPeerThatPingsAndDoesNotReceiveIsDropped() async throws {
        let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
        defer { listener.close() }
        let server = HTTPServer(listener)
        let (near, far) = InMemoryStream.pair(capacity: 4_096)
        let (failures, failed) = AsyncStream.makeStream(of: SocketError.Code.self)
        try await withDeadline(.after(.seconds(20))) {
            async let serving: Void = server.serve(far, of: nil, isSecure: false) { _, response in
                let socket = try await response.acceptWebSocket()
                async let sending: Void = socket.send([UInt8](repeating: 0, count: 100_000))
                do {
                    _ = try await socket.receive()
                } catch let error as SocketError {
                    failed.yield(error.code)
                }
                far.reset()
                try? await sending
            }
            try await near.send(
                """
                GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
                """
            )
            // Once bytes of the message have come, the server is sending, and nobody receives any more.
            var buffer = ByteBuffer()
            while buffer.count < 1_000 { _ = try await near.receive(into: &buffer) }
            let ping: [UInt8] = [0x89, 0xFD, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 125)
            // Twice what may wait; the end may come before the last.
            do { for _ in 0..<1_200 { try await near.send(ping) } } catch is SocketError {}
            await serving
            near.close()
        }
        failed.finish()
        var codes: [SocketError.Code] = []
        for await code in failures { codes.append(code) }
        #expect(codes == [.limitExceeded])
    }

    @Test func aPeerThatOnlyAnswersPingsIsKept() async throws {
        var client = WebSocketConfiguration()
        client.pingInterval = .milliseconds(10)
        try await withSocket(.init(), client, serving: Self.echo) { socket in
            do {
                _ = try await withDeadline(.after(.milliseconds(100))) {
                    try await socket.receive()
                }
                Issue.record("a message nobody sent")
            } catch let error as SocketError {
                #expect(error.code == .deadlinePassed)
            }
            // Nothing was lost by it.
            try await socket.send("still here")
            #expect(try await socket.receive() == .text("still here"))
        }
    }

    @Test func aSecondReceiverAndASecondSenderAreRefused() async throws {
        try await withSocket(serving: Self.echo) { socket in
            async let first = received(from: socket)
            try await untilSomebodyReceives(from: socket)
            try await socket.send("x")
            let message = try await first
            #expect(message == .text("x"))
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            426
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", 400
        ),
    ])
    func whatIsNoHandshakeIsRefused(_ request: String, _ status: Int) async throws {
        let text = try await answers(to: [request]) { _, response in
            _ = try await response.acceptWebSocket()
        }
        #expect(text.hasPrefix("HTTP/1.1 \(status) "))
    }
}

/// Receives, once nobody else does.
private func received(from socket: WebSocketConnection) async throws -> WebSocketMessage? {
    while true {
        do {
            return try await socket.receive()
        } catch let error as SocketError where error.code == .busy {
            await Task.yield()
        }
    }
}

/// Returns when another task has the receiver's seat.
private func untilSomebodyReceives(from socket: WebSocketConnection) async throws {
    while true {
        do {
            _ = try await withDeadline(.after(.milliseconds(1))) { try await socket.receive() }
        } catch let error as SocketError where error.code == .busy {
            return
        } catch let error as SocketError where error.code == .deadlinePassed {
            await Task.yield()
        }
    }
}

/// One value from another task.
final class Mailbox: Sendable {
    private let box = Lock<WebSocketClose?>(nil)
    func put(_ close: WebSocketClose?) { box.withLock { $0 = close } }
    var value: WebSocketClose? { box.withLock { $0 } }
}
