import Foundation
import Testing

@Suite struct ListenTests {
    @Test func theRealPortIsSaid() throws {
        let server = try Listening("--echo")
        #expect(server.endpoint.hasPrefix("tcp://127.0.0.1:"))
        #expect(Int(server.port) ?? 0 > 0)
        #expect(try server.netcat(.text("hello\n")).wait().text == "hello\n")
        #expect(server.program.wait().status == 0)
    }

    @Test func aPortInUseIsStatusOne() throws {
        let server = try Listening("--keep")
        let outcome = try SockProgram.run("listen", server.endpoint)
        #expect(outcome.status == 1)
        #expect(
            outcome.errors == """
                sock: bind tcp 127.0.0.1:\(server.port): address already in use (EADDRINUSE)

                """
        )
        server.program.send(SIGTERM)
        _ = server.program.wait()
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalStopsItCleanly(_ signal: Int32) throws {
        try withFolder { folder in
            let server = try Listening("--keep", on: "unix:\(folder)/s")
            server.program.send(signal)
            #expect(server.program.wait().status == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/s"))
        }
    }

    @Test func aSignalStopsItWithClientsThere() throws {
        let server = try Listening("--keep", "-v")
        let client = try server.netcat(.open)
        #expect(server.program.errorLine()?.hasSuffix(" came") == true)
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
        client.endInput()
        _ = client.wait()
    }

    @Test func aStaleSocketFileIsTakenOver() throws {
        try withFolder { folder in
            let endpoint = "unix:\(folder)/s"
            let first = try Listening("--keep", on: endpoint)
            first.program.send(SIGKILL)
            _ = first.program.wait()
            #expect(FileManager.default.fileExists(atPath: "\(folder)/s"))
            let second = try Listening("--echo", on: endpoint)
            #expect(
                try SockProgram.run("connect", endpoint, input: .text("again")).text == "again"
            )
            #expect(second.program.wait().status == 0)
        }
    }

    @Test func manyClientsAreEchoedAtOnce() throws {
        let server = try Listening("--keep", "--echo")
        let clients = try (0..<8).map { _ in try server.netcat(.open) }
        // All are connected before the first is answered.
        for (index, client) in clients.enumerated() { client.type("hello \(index)\n") }
        for (index, client) in clients.enumerated() {
            #expect(client.outputLine() == "hello \(index)")
        }
        for client in clients { client.endInput() }
        for client in clients { #expect(client.wait().status == 0) }
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func linesOfManyClientsComeOutWholeAndGoToAll() throws {
        let server = try Listening("--keep", "-v", input: .open)
        let clients = try (0..<4).map { _ in try server.netcat(.open) }
        for _ in clients { #expect(server.program.errorLine()?.hasSuffix(" came") == true) }
        for client in clients { client.type("half") }
        for client in clients { client.type(" and half\n") }
        for _ in clients { #expect(server.program.outputLine() == "half and half") }
        server.program.type("to all\n")
        for client in clients { #expect(client.outputLine() == "to all") }
        for client in clients { client.endInput() }
        for client in clients { #expect(client.wait().status == 0) }
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func aClientThatDoesNotReadIsDroppedAloud() throws {
        let server = try Listening("--keep", "-v", input: .open)
        // Connects, and reads nothing until its own input ends.
        let script = """
            import socket, sys
            s = socket.create_connection(('127.0.0.1', \(server.port))); sys.stdin.read()
            """
        let lazy = try Program(["python3", "-c", script], input: .open)
        #expect(server.program.errorLine()?.hasSuffix(" came") == true)
        let line = String(repeating: "x", count: 4095) + "\n"
        // More than the kernel's buffers and ours hold.
        for _ in 0..<64 { server.program.type(String(repeating: line, count: 256)) }
        let words = try #require(server.program.errorLine())
        #expect(words.hasSuffix("dropped: it reads too slowly, 1048576 bytes wait for it"))
        lazy.endInput()
        _ = lazy.wait()
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func eventsAreJSON() throws {
        let server = try Program(
            [SockProgram.path, "listen", "127.0.0.1:0", "--keep", "--echo", "--json"]
        )
        let listening = try object(server.errorLine())
        #expect(listening["event"] as? String == "listening")
        let endpoint = try #require(listening["endpoint"] as? String)
        for number in 1...2 {
            let outcome = try SockProgram.run("connect", endpoint, input: .text("12345"))
            #expect(outcome.text == "12345")
            let accepted = try object(server.errorLine())
            #expect(accepted["event"] as? String == "accepted")
            #expect(accepted["connection"] as? Int == number)
            #expect(accepted["local"] as? String == endpoint)
            let closed = try object(server.errorLine())
            #expect(closed["event"] as? String == "closed")
            #expect(closed["connection"] as? Int == number)
            #expect(closed["peer"] as? String == accepted["peer"] as? String)
            #expect(closed["received_size"] as? Int == 5)
            #expect(closed["sent_size"] as? Int == 5)
            #expect(closed["duration_ns"] as? Int ?? 0 > 0)
        }
        server.send(SIGTERM)
        #expect(server.wait().status == 0)
    }

    private func object(_ line: String?) throws -> [String: Any] {
        let line = try #require(line)
        return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test(arguments: [["--echo"], ["--exec", "cat"]])
    func hexShowsBothWaysOfAnAnswer(_ arguments: [String]) throws {
        let server = try Program(
            [SockProgram.path, "listen", "127.0.0.1:0", "--hex"] + arguments
        )
        let port = try #require(server.errorLine()?.split(separator: ":").last)
        let client = try Program(["nc", "-N", "127.0.0.1", "\(port)"], input: .text("hi"))
        #expect(client.wait().text == "hi")
        let dump = " 00000000  68 69                                             |hi|\n"
        #expect(server.wait().text == "<\(dump)>\(dump)")
    }

    @Test func hexTellsClientsApart() throws {
        let server = try Listening("--keep", "--hex", input: .open)
        let clients = try (0..<2).map { _ in try server.netcat(.open) }
        let padding = String(repeating: " ", count: 43)
        for (index, client) in clients.enumerated() {
            client.type("A\(index)")
            let line = try #require(server.program.outputLine())
            #expect(line.hasSuffix(" < 00000000  41 3\(index)\(padding)  |A\(index)|"))
            #expect(line.hasPrefix("#1") || line.hasPrefix("#2"))
        }
        server.program.type("!\n")
        let sent = Set([server.program.outputLine(), server.program.outputLine()])
        #expect(sent == Set((1...2).map { "#\($0) > 00000000  21 0a\(padding)  |!.|" }))
        for client in clients { #expect(client.outputLine() == "!") }
        for client in clients { client.endInput() }
        for client in clients { #expect(client.wait().status == 0) }
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func theTimeoutIsStatusTwo() throws {
        for arguments in [["--timeout", "0.2"], ["--timeout", "0.2", "--keep"]] {
            let outcome = try Program.run([SockProgram.path, "listen", "127.0.0.1:0"] + arguments)
            #expect(outcome.status == 2)
            #expect(outcome.errors.hasSuffix("sock: not done after 0.200 s (--timeout)\n"))
        }
    }
}
