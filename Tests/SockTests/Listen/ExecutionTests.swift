import Foundation
import Testing

/// `sock listen --exec`.
@Suite struct ExecutionTests {
    @Test func aCommandAnswers() throws {
        let server = try Listening("--exec", "wc -c")
        #expect(try server.netcat(.text("twelve bytes")).wait().text == "12\n")
        #expect(server.program.wait().status == 0)
    }

    @Test func manyBytesPassThroughUnchanged() throws {
        let bytes = try randomBytes(TransferTests.size)
        let server = try Listening("--exec", "cat")
        #expect(try server.netcat(.bytes(bytes)).wait().output == bytes)
        #expect(server.program.wait().status == 0)
    }

    @Test func manyCommandsRunAtOnce() throws {
        let server = try Listening("--keep", "--exec", "cat")
        let clients = try (0..<6).map { _ in try server.netcat(.open) }
        for (index, client) in clients.enumerated() { client.type("\(index)\n") }
        for (index, client) in clients.enumerated() { #expect(client.outputLine() == "\(index)") }
        for client in clients { client.endInput() }
        for client in clients { #expect(client.wait().status == 0) }
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func theLastWordsOfACommandThatReadsNothingArrive() throws {
        let server = try Listening("--exec", "echo no thanks")
        #expect(try server.netcat(.bytes(randomBytes(100_000))).wait().text == "no thanks\n")
        #expect(server.program.wait().status == 0)
    }

    @Test func theStandardErrorStaysOurs() throws {
        let server = try Listening("--exec", "echo words >&2; echo data")
        #expect(try server.netcat(.none).wait().text == "data\n")
        #expect(server.program.wait().errors == "words\n")
    }

    @Test func aCommandEndsWithItsClient() throws {
        let server = try Listening("--keep", "--exec", "echo $$; exec sleep 1000")
        let script = """
            import socket, struct
            s = socket.create_connection(('127.0.0.1', \(server.port)))
            pid = s.makefile().readline()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
            print(pid, end='')
            """
        let text = try Program.run(["python3", "-c", script]).text
        let pid = try #require(Int32(text.dropLast()))
        try waitUntilGone(pid)
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func commandsEndWithTheListener() throws {
        let server = try Listening("--keep", "--exec", "echo $$; exec sleep 1000")
        let client = try server.netcat(.open)
        let line = try #require(client.outputLine())
        let pid = try #require(Int32(line))
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
        try waitUntilGone(pid)
        client.endInput()
        _ = client.wait()
    }
}
