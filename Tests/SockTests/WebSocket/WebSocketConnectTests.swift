import Foundation
import Testing

@testable import sock

/// `sock connect ws://…`, to Python's websockets.
@Suite struct WebSocketConnectTests {
    private static let echo = "async for message in ws: await ws.send(message)"

    @Test func everyLineIsATextAndEveryTextALine() throws {
        let (server, port) = try PythonWebSockets.serve(
            """
            async for message in ws: await ws.send(type(message).__name__ + ' ' + repr(message))
            """
        )
        defer { server.send(SIGKILL) }
        let client = try SockProgram.run(
            "connect",
            "ws://127.0.0.1:\(port)/chat",
            input: .text("héllo\n\nno newline")
        )
        #expect(client.status == 0, "\(client.errors)")
        #expect(client.text == "str 'héllo'\nstr ''\nstr 'no newline'\n")
    }

    @Test func binaryGoesAndComesAsItIs() throws {
        let (server, port) = try PythonWebSockets.serve(Self.echo, "max_size=None")
        defer { server.send(SIGKILL) }
        let bytes = try randomBytes(TransferTests.size)
        let client = try SockProgram.run(
            "connect",
            "ws://127.0.0.1:\(port)",
            "--binary",
            "--wait",
            "3",
            input: .bytes(bytes)
        )
        #expect(client.status == 0, "\(client.errors)")
        #expect(client.output == bytes)
    }

    @Test func theHandshakeSaysPathOriginAndSubprotocol() throws {
        let (server, port) = try PythonWebSockets.serve(
            """
            await ws.send(' '.join([ws.path, ws.request_headers['Origin'], str(ws.subprotocol)]))
            await ws.wait_closed()
            """,
            "subprotocols=['b', 'a']"
        )
        defer { server.send(SIGKILL) }
        let client = try SockProgram.run(
            "connect",
            "ws://127.0.0.1:\(port)/a/b?c=d",
            "--origin",
            "https://page.example",
            "--subprotocol",
            "a",
            "-v"
        )
        #expect(client.text == "/a/b?c=d https://page.example a\n", "\(client.errors)")
        #expect(client.errors.contains("subprotocol a"), "\(client.errors)")
    }

    @Test func anErrorOfThePeersIsOurs() throws {
        let (server, port) = try PythonWebSockets.serve(
            "await ws.send('last words'); await ws.close(1008, 'no \\x1b[31mtoken')"
        )
        defer { server.send(SIGKILL) }
        let client = try SockProgram.start("connect", "ws://127.0.0.1:\(port)", input: .open)
        let outcome = client.wait()
        #expect(outcome.status == 1)
        #expect(outcome.text == "last words\n")
        #expect(
            outcome.errors.contains(
                "the peer closed: 1008 (policy violation), “no \\x1b[31mtoken”"
            ),
            "\(outcome.errors)"
        )
    }

    /// Nothing more can be sent, so nothing more is waited for.
    @Test func aPeerThatClosesEndsItWhateverTheInputDoes() throws {
        let (server, port) = try PythonWebSockets.serve("await ws.ping(); await ws.send('bye')")
        defer { server.send(SIGKILL) }
        let client = try SockProgram.start("connect", "ws://127.0.0.1:\(port)", "-v", input: .open)
        let outcome = client.wait()
        #expect(outcome.status == 0)
        #expect(outcome.text == "bye\n")
        #expect(outcome.errors.contains("pings (4 bytes)"), "\(outcome.errors)")
        #expect(outcome.errors.contains("closes: 1000 (normal)"), "\(outcome.errors)")
        #expect(outcome.errors.contains("received 1 message (4 bytes)"), "\(outcome.errors)")
    }

    @Test func whatIsNoTextIsRefused() throws {
        let (server, port) = try PythonWebSockets.serve(Self.echo)
        defer { server.send(SIGKILL) }
        let client = try SockProgram.run(
            "connect",
            "ws://127.0.0.1:\(port)",
            input: .bytes(Data([0xFF, 0x0A]))
        )
        #expect(client.status == 1)
        #expect(client.errors.contains("--binary sends anything"), "\(client.errors)")
    }

    @Test func aServerThatIsNoneIsNamed() throws {
        let server = try Listening(
            "--exec",
            "printf 'HTTP/1.1 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n'"
        )
        let client = try SockProgram.run("connect", "ws://127.0.0.1:\(server.port)")
        #expect(client.status == 1)
        #expect(client.errors.contains("the server answered 404"), "\(client.errors)")
        _ = server.program.wait()
        let plain = try SockProgram.run("connect", "localhost:1", "--binary")
        #expect(plain.status == 64)
        #expect(plain.errors.contains("is no WebSocket"))
    }

    @Test func anInterruptEndsIt() throws {
        let (server, port) = try PythonWebSockets.serve(Self.echo)
        defer { server.send(SIGKILL) }
        let client = try SockProgram.start("connect", "ws://127.0.0.1:\(port)", input: .open)
        client.type("hello\n")
        #expect(client.outputLine() == "hello")
        client.send(SIGINT)
        #expect(client.wait().status == 130)
    }

    @Test func messagesAreRecordedAndReplayedWhole() throws {
        try withFolder { folder in
            let (server, port) = try PythonWebSockets.serve(Self.echo)
            defer { server.send(SIGKILL) }
            let recording = try SockProgram.run(
                "connect",
                "ws://127.0.0.1:\(port)",
                "--record",
                "\(folder)/r",
                input: .text("one\ntwo\n")
            )
            #expect(recording.text == "one\ntwo\n")
            let recorded = try Recorded("\(folder)/r")
            let sent = try recorded.events().compactMap { event -> [UInt8]? in
                if case .bytes(.sent, let bytes) = event.kind { bytes } else { nil }
            }
            #expect(sent == [Array("one\n".utf8), Array("two\n".utf8)])
            let replay = try SockProgram.run(
                "replay",
                "\(folder)/r",
                "ws://127.0.0.1:\(port)",
                "--check"
            )
            #expect(replay.status == 0, "\(replay.errors) \(replay.text)")
        }
    }
}
