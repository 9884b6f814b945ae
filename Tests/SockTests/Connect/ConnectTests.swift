import Foundation
import Testing

@Suite struct ConnectTests {
    @Test func aRefusedConnectionIsStatusOne() throws {
        let port = try unusedPort()
        let outcome = try SockProgram.run("connect", "127.0.0.1:\(port)")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("sock: connect tcp 127.0.0.1:"))
        #expect(
            outcome.errors.hasSuffix(
                " → 127.0.0.1:\(port): connection refused (ECONNREFUSED)\n"
            )
        )
    }

    @Test func aUnixPathWithNobodyIsStatusOne() throws {
        try withFolder { folder in
            let outcome = try SockProgram.run("connect", "unix:\(folder)/none")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors
                    == "sock: connect unix:\(folder)/none: connection refused (ENOENT)\n"
            )
        }
    }

    @Test func everyRetryIsTold() throws {
        let port = try unusedPort()
        let outcome = try SockProgram.run("connect", "127.0.0.1:\(port)", "--retry", "2")
        #expect(outcome.status == 1)
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains("; retry 1 of 2 in 0."))
        #expect(lines[1].contains("; retry 2 of 2 in 0."))
        #expect(lines[2].hasSuffix("connection refused (ECONNREFUSED)"))
    }

    @Test func aRetryFindsAListenerThatCameLater() throws {
        try withFolder { folder in
            let endpoint = "unix:\(folder)/late"
            let client = try SockProgram.start(
                "connect",
                endpoint,
                "--retry",
                "1000",
                input: .text("late\n")
            )
            // The first attempt has failed: only now is there somebody.
            #expect(client.errorLine()?.contains("retry 1 of 1000") == true)
            let server = try Listening(on: endpoint)
            #expect(server.program.wait().text == "late\n")
            #expect(client.wait().status == 0)
        }
    }

    @Test func theTimeoutIsStatusTwo() throws {
        let server = try Listening("--keep")
        let client = try SockProgram.start(
            "connect",
            server.endpoint,
            "--timeout",
            "0.2",
            input: .open
        )
        let outcome = client.wait()
        #expect(outcome.status == 2)
        #expect(outcome.errors == "sock: not done after 0.200 s (--timeout)\n")
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func silenceIsStatusTwo() throws {
        let server = try Listening("--keep")
        let client = try SockProgram.start(
            "connect",
            server.endpoint,
            "--idle",
            "0.2",
            input: .open
        )
        let outcome = client.wait()
        #expect(outcome.status == 2)
        #expect(outcome.errors == "sock: nothing has moved for 0.200 s (--idle)\n")
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func anInterruptedTransferSaysSo() throws {
        let server = try Listening("--keep")
        for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
            let client = try SockProgram.start("connect", server.endpoint, "-v", input: .open)
            #expect(client.errorLine() == "connected to \(server.endpoint)")
            client.send(signal)
            let outcome = client.wait()
            #expect(outcome.status == status)
            #expect(outcome.errors.hasPrefix("interrupted; received 0 bytes, sent 0 bytes in "))
        }
        server.program.send(SIGTERM)
        _ = server.program.wait()
    }

    @Test func aResetIsStatusOne() throws {
        // Takes one connection, waits for a byte and resets it.
        let script = """
            import socket, struct
            s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
            print(s.getsockname()[1], flush=True)
            c, _ = s.accept(); c.recv(1)
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()
            """
        let server = try Program(["python3", "-c", script])
        let port = try #require(server.outputLine())
        let client = try SockProgram.start("connect", "127.0.0.1:\(port)", input: .open)
        client.type("x")
        let outcome = client.wait()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("connection reset by peer (ECONNRESET)"))
    }

    @Test func eventsAreJSON() throws {
        let server = try Listening("--echo")
        let client = try SockProgram.start(
            "connect",
            server.endpoint,
            "--json",
            input: .text("12345")
        )
        let outcome = client.wait()
        #expect(outcome.text == "12345")
        let lines = outcome.errors.split(separator: "\n").map {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        #expect(lines.count == 2)
        #expect(lines.first??["event"] as? String == "connected")
        #expect(lines.first??["peer"] as? String == server.endpoint)
        #expect(lines.last??["event"] as? String == "closed")
        #expect(lines.last??["received_size"] as? Int == 5)
        #expect(lines.last??["sent_size"] as? Int == 5)
        #expect(lines.last??["duration_ns"] as? Int ?? 0 > 0)
        #expect(lines.last??["reason"] as? String == "")
    }
}
