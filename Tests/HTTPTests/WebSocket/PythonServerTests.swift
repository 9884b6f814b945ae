import HTTP
import Sockets
import SocketsTesting
import Testing
import WebSocketCodec

/// Our client, and Python's `websockets` as the server.
@Suite("With a server of Python's websockets")
struct PythonServerTests {
    /// Runs a server whose handler of `ws` is `script`, and gives our client to `body`.
    private func withServer(
        _ script: String,
        options: String = "",
        compressing compresses: Bool = false,
        _ body: (WebSocketConnection, PythonPeer) async throws -> Void
    ) async throws {
        let program =
            Self.start + script.split(separator: "\n").map { "    \($0)\n" }.joined()
            + Self.serving.replacing("OPTIONS", with: options)
        try await withDeadline(.after(.seconds(30))) {
            let server = try PythonPeer(program)
            let port = try await UInt16(server.line()) ?? 0
            let stream = try await StreamConnection.connect(to: Endpoint("127.0.0.1:\(port)"))
            var configuration = WebSocketConfiguration()
            configuration.compresses = compresses
            configuration.subprotocols = ["other", "echo"]
            let socket = try await WebSocketConnection.connect(
                over: stream,
                host: "127.0.0.1:\(port)",
                configuration
            )
            try await body(socket, server)
            await socket.close()
        }
    }

    private static let start = """
        import asyncio, sys, websockets
        async def handle(ws):

        """

    private static let serving = """
        async def main():
            options = dict(subprotocols=["echo"], max_size=None)
            options.update(dict(OPTIONS))
            async with websockets.serve(handle, "127.0.0.1", 0, **options) as server:
                print(list(server.sockets)[0].getsockname()[1])
                await asyncio.Future()
        asyncio.run(main())

        """

    private static let echo = """
        async for message in ws:
            await ws.send(message)
        """

    @Test(arguments: [false, true])
    func messagesOfEverySizeComeBack(compressed: Bool) async throws {
        let script = """
            print([extension.name for extension in getattr(ws, "protocol", ws).extensions])
            \(Self.echo)
            """
        try await withServer(script, compressing: compressed) { socket, server in
            #expect(socket.subprotocol == "echo")
            let extensions = try await server.line()
            #expect(extensions == (compressed ? "['permessage-deflate']" : "[]"))
            for size in [0, 1, 125, 126, 255, 256, 257, 65_535, 65_536, 1_000_000] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 &>> 3) }
                try await socket.send(bytes)
                #expect(try await socket.receive() == .binary(bytes))
                let text = String(repeating: "ü", count: size / 2)
                try await socket.send(text)
                #expect(try await socket.receive() == .text(text))
            }
        }
    }

    @Test(arguments: [false, true])
    func fragmentsBecomeOneMessage(compressed: Bool) async throws {
        let script = """
            await ws.send(["grü", "", "ße ", "👋" * 1000])
            async def pieces():
                for number in range(100):
                    yield bytes([number]) * 100
                    await (await ws.ping())
            await ws.send(pieces())
            """
        try await withServer(script, compressing: compressed) { socket, _ in
            let waves = String(repeating: "👋", count: 1000)
            let text = try await socket.receive()
            #expect(text == .text("grüße " + waves))
            let bytes = (0..<100).flatMap { [UInt8](repeating: $0, count: 100) }
            #expect(try await socket.receive() == .binary(bytes))
        }
    }

    @Test func pingsOfBothAreAnswered() async throws {
        let script = """
            await (await ws.ping(b"x" * 125))
            await ws.send("ponged")
            print(await ws.recv())
            """
        try await withServer(script) { socket, server in
            try await socket.ping()
            #expect(try await socket.receive() == .text("ponged"))
            try await socket.send("after our ping")
            #expect(try await server.line() == "after our ping")
            #expect(try await socket.receive() == nil)
        }
    }

    @Test(arguments: [(1000, ""), (1001, "away"), (3000, "theirs"), (4999, "grüße")])
    func aCloseOfTheServerIsUnderstood(code: UInt16, reason: String) async throws {
        try await withServer("await ws.close(\(code), \"\(reason)\")") { socket, _ in
            let message = try await socket.receive()
            #expect(message == nil)
            let expected = WebSocketClose(WebSocketCloseCode(rawValue: code), reason: reason)
            #expect(socket.closure == expected)
        }
    }

    @Test func aCloseOfTheClientIsUnderstood() async throws {
        let script = """
            try:
                await ws.recv()
            except websockets.ConnectionClosed as error:
                print(error.code, error.reason)
            """
        try await withServer(script) { socket, server in
            await socket.close(WebSocketCloseCode(rawValue: 4001), reason: "genug für heute")
            let line = try await server.line()
            #expect(line == "4001 genug für heute")
        }
    }

    @Test func aServerThatFindsAMessageTooLongSaysSo() async throws {
        try await withServer(Self.echo, options: "max_size=1000") { socket, _ in
            try await socket.send([UInt8](repeating: 1, count: 1001))
            #expect(try await socket.receive() == nil)
            #expect(socket.closure?.code == .messageTooBig)
        }
    }
}
