import Foundation
import Testing

/// `sock relay` between what is spoken above streams.
@Suite struct RelayProtocolTests {
    private static let patience = "3"

    /// A relay that makes its own certificate, and the fingerprint it printed.
    private func secure(_ endpoint: String, to target: String) throws -> (Relaying, pin: String) {
        let relay = try Relaying(to: target, on: endpoint)
        _ = relay.program.errorLine()
        let line = try #require(relay.program.errorLine())
        return (relay, String(try #require(line.split(separator: " ").last)))
    }

    @Test func tlsIsTakenOffAndPutOn() throws {
        let bytes = try randomBytes(2_000_000)
        let server = try Listening("--keep", "--echo")
        let (inner, pin) = try secure("tls://127.0.0.1:0", to: server.endpoint)
        let outer = try Relaying("--pin", pin, to: inner.endpoint)
        #expect(try outer.netcat(.bytes(bytes)).output == bytes)
        _ = outer.stop()
        _ = inner.stop()
        server.stop()
    }

    @Test func openSSLTalksToAPlainServer() throws {
        let server = try Listening("--keep", "--echo")
        let (relay, _) = try secure("tls://127.0.0.1:0", to: server.endpoint)
        let client = try Program(
            ["openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(relay.port)"],
            input: .open
        )
        client.type("hello\n")
        #expect(client.outputLine() == "hello")
        client.send(SIGTERM)
        _ = client.wait()
        _ = relay.stop()
        server.stop()
    }

    /// A drop is the line's, not TLS's: there is no close_notify.
    @Test func aDroppedTLSConnectionIsCutOff() throws {
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying(
            "--drop-connection-every",
            "100ms",
            to: server.endpoint,
            on: "tls://127.0.0.1:0"
        )
        let script = """
            import socket, ssl
            context = ssl.create_default_context(); context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            s = context.wrap_socket(socket.create_connection(('127.0.0.1', \(relay.port))),
                suppress_ragged_eofs=False)
            try: print(s.recv(1))
            except ssl.SSLEOFError: print('cut off')
            """
        #expect(try Program.run(["python3", "-c", script]).text == "cut off\n")
        _ = relay.stop()
        server.stop()
    }

    @Test func messagesBetweenWebSocketsStayWhatTheyAre() throws {
        let (server, port) = try PythonWebSockets.serve(
            """
            async for message in ws: await ws.send(message)
            """
        )
        defer { server.send(SIGKILL) }
        let relay = try Relaying(
            "--delay",
            "1ms",
            to: "ws://127.0.0.1:\(port)/x",
            on: "ws://127.0.0.1:0/"
        )
        let client = try PythonWebSockets.call(
            "ws://127.0.0.1:\(relay.port)/",
            """
            for message in ['text', b'binary', '', b'', 'two\\nlines\\n', 'h\\u00e9']:
                await ws.send(message)
                answer = await ws.recv()
                assert answer == message, (answer, message)
            print('same')
            """
        )
        #expect(client.text == "same\n", "\(client.errors)")
        _ = relay.stop()
    }

    @Test func aWebSocketReachesAPlainServerLineByLine() throws {
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying(to: server.endpoint, on: "ws://127.0.0.1:0/")
        let client = try PythonWebSockets.call(
            "ws://127.0.0.1:\(relay.port)/",
            "await ws.send('hello'); print(repr(await ws.recv()))"
        )
        #expect(client.text == "'hello'\n", "\(client.errors)")
        _ = relay.stop()
        server.stop()
    }

    @Test func aPlainClientReachesAWebSocketInBinary() throws {
        let (server, port) = try PythonWebSockets.serve(
            "async for message in ws: await ws.send(message)"
        )
        defer { server.send(SIGKILL) }
        let relay = try Relaying(
            "--binary",
            "--wait",
            Self.patience,
            to: "ws://127.0.0.1:\(port)"
        )
        let bytes = try randomBytes(100_000)
        #expect(try relay.netcat(.bytes(bytes)).output == bytes)
        _ = relay.stop()
    }

    @Test func aServerThatClosesItsWebSocketEndsAPlainClient() throws {
        let (server, port) = try PythonWebSockets.serve("await ws.send('bye')")
        defer { server.send(SIGKILL) }
        let relay = try Relaying(to: "ws://127.0.0.1:\(port)")
        let client = try relay.python("print(s.recv(100), s.recv(1))")
        #expect(client.text == "b'bye\\n' b''\n", "\(client.errors)")
        _ = relay.stop()
    }
}
