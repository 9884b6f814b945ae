import Foundation
import Testing

/// `sock call`, to a `sock sessions`.
@Suite struct CallTests {
    @Test func theAnswerIsPrintedAsItIs() throws {
        let server = try SessionListening("sessions")
        let json = #"{"a": [1, "é"]}"#
        let call = try SockProgram.run("call", server.endpoint, "echo", json)
        #expect(call.status == 0, "\(call.errors)")
        #expect(call.text == json)
        #expect(call.errors.isEmpty)
        server.stop()
    }

    @Test func theRequestIsTheInputToItsEnd() throws {
        let server = try SessionListening("sessions")
        let bytes = try randomBytes(100_000)
        let call = try SockProgram.run("call", server.endpoint, "echo", input: .bytes(bytes))
        #expect(call.status == 0, "\(call.errors)")
        #expect(call.output == bytes)
        server.stop()
    }

    @Test func aRequestThatIsTooLongIsRefusedAndNotSent() throws {
        let server = try SessionListening("sessions")
        let bytes = Data(repeating: 0x61, count: 1 << 20)
        let call = try SockProgram.run("call", server.endpoint, "echo", input: .bytes(bytes))
        #expect(call.status == 1)
        #expect(call.errors.contains("too long"), "\(call.errors)")
        #expect(try SockProgram.run("call", server.endpoint, "echo", "x").text == "x")
        server.stop()
    }

    @Test func timeIsSaidInUTC() throws {
        let server = try SessionListening("sessions")
        let text = try SockProgram.run("call", server.endpoint, "time", "").text
        let formatter = ISO8601DateFormatter()
        let date = try #require(formatter.date(from: text))
        #expect(abs(date.timeIntervalSinceNow) < 60)
        server.stop()
    }

    @Test func withStreamEachLineIsAMessageBothWays() throws {
        let server = try SessionListening("sessions")
        let call = try SockProgram.start(
            "call",
            server.endpoint,
            "echo",
            "--stream",
            input: .open
        )
        // Each answer comes before the next question is asked.
        for line in ["one", "", "zwei ü"] {
            call.type(line + "\n")
            #expect(call.outputLine() == line)
        }
        call.endInput()
        #expect(call.wait().status == 0)
        server.stop()
    }

    @Test func asJSONEachMessageIsAnObject() throws {
        let server = try SessionListening("sessions")
        let call = try SockProgram.run(
            "call",
            server.endpoint,
            "echo",
            "--stream",
            "--json",
            input: .bytes(Data("é\n".utf8) + [0xFF, 0x1B, 0x0A])
        )
        #expect(call.status == 0, "\(call.errors)")
        let lines = call.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        #expect(try jsonObject(lines.first)["text"] as? String == "é")
        #expect(try jsonObject(lines.last)["base64"] as? String == "/xs=")
        #expect(try jsonObject(lines.last)["number"] as? Int == 1)
        server.stop()
    }

    @Test func anUnknownMethodIsStatus1() throws {
        let server = try SessionListening("sessions")
        let call = try SockProgram.run("call", server.endpoint, "no-such-method", "x")
        #expect(call.status == 1)
        #expect(call.errors == "sock: the server has no method no-such-method\n")
        #expect(call.output.isEmpty)
        server.stop()
    }

    @Test func aDeadlineIsStatus2() throws {
        let server = try SessionListening("sessions")
        let call = try SockProgram.run(
            "call",
            server.endpoint,
            "ticks",
            "now",
            "--stream",
            "--timeout",
            "1.5"
        )
        #expect(call.status == 2)
        #expect(call.text.split(separator: "\n").count == 2)
        #expect(call.errors.contains("--timeout"), "\(call.errors)")
        server.stop()
    }

    @Test func nobodyThereIsStatus1() throws {
        let port = try unusedPort()
        let call = try SockProgram.run("call", "127.0.0.1:\(port)", "time")
        #expect(call.status == 1)
        #expect(call.errors.contains("connection refused"), "\(call.errors)")
    }

    @Test func aServerThatIsNoneIsStatus1() throws {
        let server = try Listening(
            "--keep",
            input: .text("220 mail.example.org ESMTP ready, and pleased to meet you\r\n")
        )
        let call = try SockProgram.run("call", server.endpoint, "time", "--timeout", "30")
        #expect(call.status != 0)
        #expect(call.output.isEmpty)
        server.program.send(SIGTERM)
        _ = server.program.wait()
    }

    @Test func interruptedItIs130() throws {
        let server = try SessionListening("sessions")
        let call = try SockProgram.start(
            "call",
            server.endpoint,
            "ticks",
            "now",
            "--stream"
        )
        #expect(call.outputLine() != nil)
        call.send(SIGINT)
        #expect(call.wait().status == 130)
        server.stop()
    }

    @Test func anEndpointThatCarriesNoSessionIsRefused() throws {
        let call = try SockProgram.run("call", "udp://127.0.0.1:1", "time")
        #expect(call.status == 64)
        #expect(call.errors.contains("carries no session"), "\(call.errors)")
        #expect(try SockProgram.run("call", "127.0.0.1:1", "x", "--insecure").status == 64)
    }

    /// What a server answers cannot command a terminal.
    @Test func onATerminalEscapesAreShown() throws {
        let server = try SessionListening("sessions")
        let script = """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
            got = b''
            while True:
                try: piece = os.read(terminal, 65536)
                except OSError: break
                if not piece: break
                got += piece
            sys.stdout.buffer.write(got)
            """
        let arguments = ["call", server.endpoint, "echo", "a\u{1B}[31mb"]
        let outcome = try Program.run(["python3", "-c", script, SockProgram.path] + arguments)
        #expect(outcome.text == "a\\x1b[31mb\r\n")
        server.stop()
    }
}
