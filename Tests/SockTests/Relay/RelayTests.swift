import Foundation
import Testing

/// `sock relay` without faults, between programs of other makes.
@Suite struct RelayTests {
    @Test func manyBytesPassBothWaysUnchanged() throws {
        let bytes = try randomBytes(TransferTests.size)
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying(to: server.endpoint)
        #expect(try relay.netcat(.bytes(bytes)).output == bytes)
        let words = relay.stop()
        let size = bytes.count
        #expect(
            words == "relayed 1 connection: \(size) bytes to the target, \(size) bytes back\n"
        )
        server.stop()
    }

    /// The answer begins when the question has ended: the end of one direction is not that of both.
    @Test func aHalfCloseIsKept() throws {
        let server = try Listening("--keep", "--exec", "cat > /dev/null; echo counted")
        let relay = try Relaying(to: server.endpoint)
        #expect(try relay.netcat(.text("one\ntwo\n")).text == "counted\n")
        #expect(relay.stop().contains("8 bytes to the target, 8 bytes back"))
        server.stop()
    }

    @Test func aResetIsKept() throws {
        let server = try Listening("--keep", "--exec", "sleep 30")
        let relay = try Relaying("-v", to: server.endpoint)
        let client = try relay.python(
            """
            import struct
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
            """
        )
        #expect(client.status == 0, "\(client.errors)")
        #expect(relay.program.errorLine()?.contains("came, and goes to tcp://") == true)
        #expect(relay.program.errorLine()?.contains("connection reset by peer") == true)
        server.program.send(SIGTERM)
        _ = server.program.wait()
        _ = relay.stop()
    }

    @Test func curlAndAServerOfPythonsTalkThroughIt() throws {
        try withFolder { folder in
            let bytes = try randomBytes(1_000_000)
            try bytes.write(to: URL(fileURLWithPath: "\(folder)/file"))
            let server = try Program(
                ["python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", folder],
                input: .open
            )
            // Serving HTTP on 127.0.0.1 port 40001 (http://127.0.0.1:40001/) ...
            let line = try #require(server.outputLine())
            let port = try #require(line.split(separator: " ").dropFirst(5).first)
            let relay = try Relaying(to: "127.0.0.1:\(port)")
            let url = "http://127.0.0.1:\(relay.port)/file"
            let outcome = try Program.run(["curl", "-sS", url, url])
            #expect(outcome.output == bytes + bytes, "\(outcome.errors)")
            _ = relay.stop()
            server.send(SIGKILL)
        }
    }

    @Test func unixSocketsAreRelayedToAndFrom() throws {
        try withFolder { folder in
            let server = try Listening("--keep", "--echo", on: "unix:\(folder)/server")
            let inner = try Relaying(to: "unix:\(folder)/server")
            let outer = try Relaying(to: inner.endpoint, on: "unix:\(folder)/relay")
            let bytes = try randomBytes(300_000)
            let client = try Program(["nc", "-N", "-U", "\(folder)/relay"], input: .bytes(bytes))
            #expect(client.wait().output == bytes)
            _ = outer.stop()
            _ = inner.stop()
            server.stop()
        }
    }

    @Test func aTargetThatIsNotThereIsAResetAndALine() throws {
        let relay = try Relaying(to: "127.0.0.1:\(try unusedPort())")
        let client = try relay.python(
            """
            try: s.recv(1); print('end')
            except ConnectionResetError: print('reset')
            """
        )
        #expect(client.text == "reset\n")
        #expect(relay.program.errorLine()?.contains("connection refused") == true)
        #expect(relay.stop().contains("1 turned away"))
    }

    @Test func idleConnectionsAreEnded() throws {
        let server = try Listening("--keep", "--exec", "sleep 30")
        let relay = try Relaying("--idle", "0.2", to: server.endpoint)
        #expect(try relay.python("print(s.recv(1))").text == "b''\n")
        #expect(relay.stop().contains("1 idle for too long"))
        server.program.send(SIGTERM)
        _ = server.program.wait()
    }

    @Test func oneClientAtATimeIsServedWhenThatIsTheLimit() throws {
        let server = try Listening("--keep", "--echo")
        let relay = try Relaying("--connection-limit", "1", to: server.endpoint)
        let client = try relay.python(
            """
            s.sendall(b'a'); assert s.recv(1) == b'a'
            t = socket.create_connection(s.getpeername()); t.sendall(b'b'); t.settimeout(0.3)
            try: t.recv(1); print('served')
            except TimeoutError: print('waits')
            s.close(); t.settimeout(20); print(t.recv(1))
            """
        )
        #expect(client.text == "waits\nb'b'\n", "\(client.errors)")
        _ = relay.stop()
        server.stop()
    }

    @Test func eventsAndTotalsAreJSON() throws {
        let server = try Listening("--keep", "--echo")
        let program = try SockProgram.start("relay", "127.0.0.1:0", server.endpoint, "--json")
        let listening = try jsonObject(program.errorLine())
        let port = try #require((listening["endpoint"] as? String)?.split(separator: ":").last)
        let client = try Program(["nc", "-N", "127.0.0.1", String(port)], input: .text("hello"))
        #expect(client.wait().text == "hello")
        let came = try jsonObject(program.errorLine())
        #expect(came["event"] as? String == "relaying")
        #expect(came["connection"] as? Int == 1)
        #expect(came["target"] as? String == server.endpoint)
        let left = try jsonObject(program.errorLine())
        #expect(left["event"] as? String == "relayed")
        #expect(left["ending"] as? String == "ended")
        #expect(left["to_target_sent_size"] as? Int == 5)
        program.send(SIGINT)
        let totals = try jsonObject(program.errorLine())
        #expect(totals["event"] as? String == "totals")
        #expect(totals["connections"] as? Int == 1)
        #expect(totals["to_client_sent_size"] as? Int == 5)
        #expect(program.wait().status == 0)
        server.stop()
    }
}
