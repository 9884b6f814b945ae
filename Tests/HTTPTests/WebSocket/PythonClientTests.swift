import HTTP
import Sockets
import SocketsTesting
import Testing
import WebSocketCodec

/// Our server, and Python's `websockets` as the client.
@Suite("With a client of Python's websockets")
struct PythonClientTests {
    /// Serves `handler` and runs a client `ws` of `script`, which prints what it finds out.
    private func withClient(
        _ script: String,
        compressing compresses: Bool = false,
        serving handler: @escaping @Sendable (WebSocketConnection) async throws -> Void,
        _ body: (PythonPeer) async throws -> Void
    ) async throws {
        var configuration = WebSocketConfiguration()
        configuration.compresses = compresses
        configuration.subprotocols = ["echo"]
        try await withDeadline(.after(.seconds(30))) { [configuration] in
            try await HTTPServer.listen(on: "127.0.0.1:0") { server in
                async let serving: Void = server.serve { _, response in
                    try await handler(response.acceptWebSocket(configuration))
                }
                let program =
                    Self.start
                    + script.split(separator: "\n")
                    .map { "        \($0)\n" }.joined() + "asyncio.run(main())\n"
                let address = "ws://\(server.localAddress)/"
                try await body(PythonPeer(program, address))
                server.drain(before: .after(.seconds(5)))
                try await serving
            }
        }
    }

    private static let start = """
        import asyncio, sys, websockets
        async def main():
            options = dict(subprotocols=["other", "echo"], max_size=None)
            async with websockets.connect(sys.argv[1], **options) as ws:

        """

    private static let echo: @Sendable (WebSocketConnection) async throws -> Void = { socket in
        while let message = try await socket.receive() {
            switch message {
            case .text(let text): try await socket.send(text)
            case .binary(let bytes): try await socket.send(bytes)
            }
        }
    }

    @Test(arguments: [false, true])
    func messagesOfEverySizeComeBack(compressed: Bool) async throws {
        let script = """
            extensions = getattr(ws, "protocol", ws).extensions
            print([extension.name for extension in extensions], ws.subprotocol)
            for size in [0, 1, 125, 126, 255, 256, 257, 65535, 65536, 1000000]:
                for message in ["ü" * (size // 2), bytes(size), bytes(range(256)) * (size // 256)]:
                    await ws.send(message)
                    assert await ws.recv() == message, size
            print("all")
            """
        try await withClient(script, compressing: compressed, serving: Self.echo) { client in
            let extensions = compressed ? "['permessage-deflate']" : "[]"
            let agreed = try await client.line()
            #expect(agreed == "\(extensions) echo")
            #expect(try await client.line() == "all")
        }
    }

    @Test(arguments: [false, true])
    func fragmentsBecomeOneMessage(compressed: Bool) async throws {
        // A list is sent as one message, each element in a frame of its own.
        let script = """
            await ws.send(["grü", "", "ße ", "👋" * 1000])
            assert await ws.recv() == "grüße " + "👋" * 1000
            async def pieces():
                for number in range(100):
                    yield bytes([number]) * 100
                    await (await ws.ping())
            await ws.send(pieces())
            assert await ws.recv() == b"".join(bytes([n]) * 100 for n in range(100))
            print("both")
            """
        try await withClient(script, compressing: compressed, serving: Self.echo) { client in
            let line = try await client.line()
            #expect(line == "both")
        }
    }

    @Test func pingsOfBothAreAnswered() async throws {
        let script = """
            await (await ws.ping(b"x" * 125))
            print("pong")
            assert await ws.recv() == "after our ping"
            await ws.send("heard")
            print(await ws.recv())
            """
        try await withClient(script) { socket in
            try await socket.ping()
            try await socket.send("after our ping")
            #expect(try await socket.receive() == .text("heard"))
            try await socket.send("done")
            #expect(try await socket.receive() == nil)
        } _: { client in
            let lines = try await [client.line(), client.line()]
            #expect(lines == ["pong", "done"])
        }
    }

    @Test(arguments: [(1000, ""), (1001, "away"), (3000, "mine"), (4999, "grüße")])
    func aCloseOfTheClientIsUnderstood(code: UInt16, reason: String) async throws {
        let saw = Mailbox()
        let script = """
            await ws.close(\(code), "\(reason)")
            print(ws.close_code)
            """
        try await withClient(script) { socket in
            let message = try await socket.receive()
            #expect(message == nil)
            saw.put(socket.closure)
        } _: { client in
            let line = try await client.line()
            #expect(line == "\(code)")
        }
        let expected = WebSocketClose(WebSocketCloseCode(rawValue: code), reason: reason)
        #expect(saw.value == expected)
    }

    @Test func aCloseOfTheServerIsUnderstood() async throws {
        let script = """
            try:
                await ws.recv()
            except websockets.ConnectionClosed as error:
                print(error.code, error.reason)
            """
        try await withClient(script) { socket in
            await socket.close(WebSocketCloseCode(rawValue: 4001), reason: "genug für heute")
            #expect(socket.closure?.code == WebSocketCloseCode(rawValue: 4001))
        } _: { client in
            let line = try await client.line()
            #expect(line == "4001 genug für heute")
        }
    }

    @Test func aMessageBeyondTheLimitIsRefusedWithItsCode() async throws {
        let script = """
            try:
                await ws.send([b"1" * 600_000, b"2" * 600_000])
                await ws.recv()
            except websockets.ConnectionClosed as error:
                print(error.code)
            """
        try await withClient(script) { socket in
            await #expect(throws: WebSocketViolation.self) { try await socket.receive() }
        } _: { client in
            let line = try await client.line()
            #expect(line == "1009")
        }
    }
}
