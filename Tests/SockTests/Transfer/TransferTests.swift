import Foundation
import Testing

/// Bytes in, bytes out, with the half-closes of both sides.
@Suite struct TransferTests {
    /// More than every buffer on the way holds together.
    static let size = 8 << 20

    @Test func theInputsEndLetsTheAnswerCome() throws {
        // nc finishes first; what we send comes after that.
        let server = try Listening(input: .open)
        let client = try server.netcat(.text("question\n"))
        #expect(server.program.outputLine() == "question")
        server.program.type("answer\n")
        server.program.endInput()
        #expect(client.wait().text == "answer\n")
        #expect(server.program.wait().status == 0)
    }

    @Test func thePeersEndLetsTheInputGoOn() throws {
        // A server that finishes at once and then reads to the end.
        let script = """
            import socket, sys
            s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
            print(s.getsockname()[1], flush=True)
            c, _ = s.accept(); c.shutdown(socket.SHUT_WR)
            while b := c.recv(65536): sys.stdout.buffer.write(b)
            """
        let server = try Program(["python3", "-c", script])
        let port = try #require(server.outputLine())
        let client = try SockProgram.start("connect", "127.0.0.1:\(port)", input: .open)
        client.type("after your end\n")
        client.endInput()
        #expect(server.wait().text == "after your end\n")
        #expect(client.wait().status == 0)
    }

    @Test func thePeersEndClosesTheOutput() throws {
        // The reader of our output sees the end while our input is still open.
        let server = try Listening(input: .open)
        let client = try server.netcat(.text("all there is"))
        #expect(server.program.outputRest() == Data("all there is".utf8))
        server.program.endInput()
        #expect(client.wait().status == 0)
        #expect(server.program.wait().status == 0)
    }

    @Test(arguments: [false, true], ["tcp", "unix", "appended"])
    func manyBytesGoBothWaysUnchanged(byFile: Bool, kind: String) throws {
        try withFolder { folder in
            let up = try randomBytes(Self.size)
            let down = try randomBytes(Self.size)
            try up.write(to: URL(fileURLWithPath: "\(folder)/up"))
            try down.write(to: URL(fileURLWithPath: "\(folder)/down"))
            let endpoint = kind == "unix" ? "unix:\(folder)/socket" : "127.0.0.1:0"
            let server = try Listening(
                on: endpoint,
                input: byFile ? .file("\(folder)/down") : .bytes(down),
                outputFile: byFile ? "\(folder)/up-there" : nil,
                appending: kind == "appended"
            )
            let client = try Program(
                [SockProgram.path, "connect", server.endpoint],
                input: byFile ? .file("\(folder)/up") : .bytes(up),
                outputFile: byFile ? "\(folder)/down-there" : nil,
                appending: kind == "appended"
            )
            let received = client.wait()
            let served = server.program.wait()
            #expect(received.status == 0, "\(received.errors)")
            #expect(served.status == 0, "\(served.errors)")
            if byFile {
                #expect(try bytes("\(folder)/up-there") == up)
                #expect(try bytes("\(folder)/down-there") == down)
            } else {
                #expect(served.output == up)
                #expect(received.output == down)
            }
        }
    }

    @Test func bytesOfAnotherMakeArriveUnchanged() throws {
        let up = try randomBytes(Self.size)
        let down = try randomBytes(Self.size)
        let server = try Listening(input: .bytes(down))
        let client = try server.netcat(.bytes(up))
        #expect(server.program.wait().output == up)
        #expect(client.wait().output == down)
    }

    @Test func urgentDataStopsNothing() throws {
        // splice(2) stops for ever at an urgent byte, which any peer can send.
        for output in ["/dev/null", nil] {
            let server = try Listening(outputFile: output)
            let script = """
                import socket
                s = socket.create_connection(('127.0.0.1', \(server.port)))
                s.sendall(b'before'); s.send(b'!', socket.MSG_OOB); s.sendall(b'after'); s.close()
                """
            #expect(try Program.run(["python3", "-c", script]).status == 0)
            let outcome = server.program.wait()
            #expect(outcome.status == 0)
            if output == nil { #expect(outcome.text == "beforeafter") }
        }
    }

    @Test func aReaderThatLeavesEndsItQuietly() throws {
        let server = try Listening("--exec", "yes")
        let pipeline =
            "\(SockProgram.path) connect \(server.endpoint) | head -n 1; echo ${PIPESTATUS[0]}"
        let outcome = try Program.run(["bash", "-c", pipeline])
        #expect(outcome.text == "y\n1\n")
        #expect(outcome.errors == "")
        #expect(server.program.wait().status == 1)
    }

    @Test func aFullDiskIsToldInWords() throws {
        let server = try Listening("--exec", "yes")
        let command = "\(SockProgram.path) connect \(server.endpoint) > /dev/full"
        let outcome = try Program.run(["bash", "-c", command])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("ENOSPC"))
        _ = server.program.wait()
    }

    @Test func hexShowsBothWays() throws {
        let server = try Listening("--echo")
        let client = try SockProgram.start(
            "connect",
            server.endpoint,
            "--hex",
            input: .text("0123456789abcdef\u{1B}z")
        )
        let lines = client.wait().text.split(separator: "\n")
        let dump = [
            " 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
            " 00000010  1b 7a                                             |.z|",
        ]
        #expect(lines == dump.map { Substring(">" + $0) } + dump.map { Substring("<" + $0) })
    }

    private func bytes(_ path: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path))
    }
}
