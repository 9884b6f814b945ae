import Foundation
import Testing

/// `sock listen ws://…` and `wss://…`.
@Suite struct WebSocketListenTests {
    /// Without the path.
    private func authority(_ server: Listening) throws -> String {
        String(try #require(server.endpoint.split(separator: "/").dropFirst().first))
    }

    @Test func echoSendsBackWhatCameAsWhatItWas() throws {
        let server = try Listening("--echo", "--keep", on: "ws://127.0.0.1:0/chat")
        #expect(server.endpoint.hasSuffix("/chat"))
        let client = try PythonWebSockets.call(
            server.endpoint,
            """
            await ws.send('two\\nlines'); print(repr(await ws.recv()))
            await ws.send(b'\\x00\\xff'); print(repr(await ws.recv()))
            await ws.send(['frag', 'mented']); print(repr(await ws.recv()))
            await (await ws.ping()); print('pong')
            """
        )
        #expect(
            client.text == "'two\\nlines'\nb'\\x00\\xff'\n'fragmented'\npong\n",
            "\(client.errors)"
        )
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func aCommandsLinesAreTexts() throws {
        let server = try Listening("--exec", "echo one; echo two; exec cat", on: "ws://127.0.0.1:0")
        let client = try PythonWebSockets.call(
            server.endpoint,
            """
            print(await ws.recv(), await ws.recv())
            await ws.send('three'); print(await ws.recv())
            """
        )
        #expect(client.text == "one two\nthree\n", "\(client.errors)")
        #expect(server.program.wait().status == 0)
    }

    @Test func theEndOfACommandClosesNormally() throws {
        let server = try Listening("--exec", "echo last words", on: "ws://127.0.0.1:0")
        let client = try PythonWebSockets.call(
            server.endpoint,
            """
            async for message in ws: print(message)
            print(ws.close_code)
            """
        )
        #expect(client.text == "last words\n1000\n", "\(client.errors)")
        #expect(server.program.wait().status == 0)
    }

    @Test func manyClientsGather() throws {
        let server = try Listening("--keep", on: "ws://127.0.0.1:0", input: .open)
        let clients = try (0..<3).map { _ in
            try SockProgram.start("connect", server.endpoint, input: .open)
        }
        for (index, client) in clients.enumerated() {
            client.type("from \(index)\n")
            #expect(server.program.outputLine() == "from \(index)")
        }
        server.program.type("to all\n")
        for client in clients {
            #expect(client.outputLine() == "to all")
            client.endInput()
        }
        for client in clients { #expect(client.wait().status == 0) }
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func whoIsNoWebSocketIsAnsweredAndIsNotTheOneClient() throws {
        let server = try Listening(on: "ws://127.0.0.1:0/here", input: .open)
        let place = try authority(server)
        let status = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"]
        #expect(try Program.run(status + ["http://\(place)/here"]).text == "426")
        #expect(try Program.run(status + ["http://\(place)/elsewhere"]).text == "404")
        let elsewhere = try SockProgram.run("connect", "ws://\(place)/elsewhere")
        #expect(elsewhere.errors.contains("404"), "\(elsewhere.errors)")
        let client = try SockProgram.start("connect", server.endpoint, input: .open)
        client.type("hello\n")
        #expect(server.program.outputLine() == "hello")
        server.program.type("you too\n")
        #expect(client.outputLine() == "you too")
        server.program.endInput()
        #expect(client.wait().status == 0)
        #expect(server.program.wait().status == 0)
    }

    @Test func pagesOfOthersAreKeptOut() throws {
        let server = try Listening("--echo", "--keep", on: "ws://127.0.0.1:0")
        let strange = try PythonWebSockets.call(
            server.endpoint,
            "pass",
            "origin='https://x.example'"
        )
        #expect(strange.errors.contains("403"), "\(strange.errors)")
        server.program.send(SIGTERM)
        _ = server.program.wait()
        let open = try Listening("--echo", "--origin", "*", on: "ws://127.0.0.1:0")
        let welcome = try PythonWebSockets.call(
            open.endpoint,
            "await ws.send('x'); print(await ws.recv())",
            "origin='https://x.example'"
        )
        #expect(welcome.text == "x\n", "\(welcome.errors)")
        #expect(open.program.wait().status == 0)
    }

    @Test func encryptedItIsTheSame() throws {
        try withAuthority { authority in
            let files = try authority.issue("server")
            let server = try Listening(
                "--keep",
                "--echo",
                "--subprotocol",
                "chat",
                "--tls-cert",
                files.certificate,
                "--tls-key",
                files.key,
                on: "wss://127.0.0.1:0/chat"
            )
            let python = try PythonWebSockets.call(
                server.endpoint,
                "await ws.send('hi'); print(await ws.recv(), ws.subprotocol)",
                "subprotocols=['chat'], ssl=ssl.create_default_context(cafile='\(authority.file)')"
            )
            #expect(python.text == "hi chat\n", "\(python.errors)")
            let client = try SockProgram.run(
                "connect",
                server.endpoint,
                "--ca",
                authority.file,
                input: .text("hello\n")
            )
            #expect(client.text == "hello\n", "\(client.errors)")
            #expect(client.status == 0)
            server.program.send(SIGTERM)
            #expect(server.program.wait().status == 0)
        }
    }
}
