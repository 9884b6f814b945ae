import Foundation
import Testing

/// `sock connect` to datagrams.
@Suite struct DatagramConnectTests {
    @Test(arguments: ["127.0.0.1", "[::1]"])
    func aQuestionIsAnswered(_ host: String) throws {
        let server = try Listening("--keep", "--echo", on: "udp://\(host):0")
        let outcome = try SockProgram.run("connect", server.endpoint, "-v", input: .text("hi"))
        #expect(outcome.status == 0)
        #expect(outcome.text == "hi")
        let lines = outcome.errors.split(separator: "\n")
        #expect(lines.first ?? "" == "connected to \(server.endpoint)")
        #expect(
            lines.last?.hasPrefix("received 1 datagram (2 bytes), sent 1 datagram (2 bytes) in ")
                == true
        )
        server.stop()
    }

    @Test func anAnswerOfManyDatagramsWithPausesIsWaitedFor() throws {
        let server = try DatagramPrograms.server(
            """
            question, peer = s.recvfrom(100)
            for part in (b'one\\n', b'two\\n', b'', b'three\\n'):
                s.sendto(part, peer); time.sleep(0.2)
            """
        )
        let outcome = try SockProgram.run(
            "connect",
            "udp://127.0.0.1:\(server.port)",
            input: .text("?")
        )
        #expect(outcome.text == "one\ntwo\nthree\n")
        #expect(outcome.status == 0)
        _ = server.program.wait()
    }

    @Test func noAnswerIsStatusTwo() throws {
        let server = try DatagramPrograms.server("print(s.recvfrom(100)[0]); sys.stdin.read()")
        for limit in ["--timeout", "--idle"] {
            let outcome = try SockProgram.run(
                "connect",
                "udp://127.0.0.1:\(server.port)",
                limit,
                "0.3",
                input: .text("anybody?")
            )
            #expect(outcome.status == 2)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.hasSuffix("for 0.300 s (--idle)\n") == (limit == "--idle"))
            #expect(outcome.errors.hasSuffix("after 0.300 s (--timeout)\n") == (limit != "--idle"))
        }
        server.program.endInput()
        #expect(server.program.wait().text == "b'anybody?'\n")
    }

    @Test func aPeerThatTalksOnIsEndedByTheTimeoutWithoutBlame() throws {
        let server = try DatagramPrograms.server(
            """
            peer = s.recvfrom(100)[1]
            while True: s.sendto(b'tick\\n', peer); time.sleep(0.05)
            """
        )
        let outcome = try SockProgram.run(
            "connect",
            "udp://127.0.0.1:\(server.port)",
            "--timeout",
            "1",
            input: .text("?")
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.hasPrefix("tick\ntick\n"))
        server.program.send(SIGKILL)
        _ = server.program.wait()
    }

    @Test func aRefusalIsStatusOneAndSaysWhoRefused() throws {
        let port = try DatagramPrograms.unusedPort()
        let outcome = try SockProgram.run("connect", "udp://127.0.0.1:\(port)", input: .text("hi"))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(" → 127.0.0.1:\(port): connection refused (ECONNREFUSED)"))
        #expect(outcome.errors.hasSuffix("reported by 127.0.0.1 (ICMP type 3 code 3)\n"))
    }

    @Test func everyReadOfTheInputIsOneDatagramAtAnyRate() throws {
        try withFolder { folder in
            let bytes = try randomBytes(150_000)
            try bytes.write(to: URL(fileURLWithPath: "\(folder)/input"))
            let server = try DatagramPrograms.server(
                """
                got = b''
                for _ in range(3):
                    datagram, peer = s.recvfrom(70000); got += datagram; print(len(datagram))
                open('\(folder)/got', 'wb').write(got); s.sendto(b'done', peer)
                """
            )
            let start = Date()
            let outcome = try SockProgram.run(
                "connect",
                "udp://127.0.0.1:\(server.port)",
                "--rate",
                "300k",
                input: .file("\(folder)/input")
            )
            // 150,000 bytes less a tenth of a second's at 300,000 a second.
            #expect(Date().timeIntervalSince(start) > 0.4)
            #expect(outcome.text == "done")
            #expect(server.program.wait().text == "65507\n65507\n18986\n")
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/got")) == bytes)
        }
    }

    @Test func binaryAndEmptyDatagramsAreShownWithTheirBorders() throws {
        let server = try DatagramPrograms.server(
            """
            peer = s.recvfrom(100)[1]
            for part in (b'', bytes(range(18)), b'\\xff'): s.sendto(part, peer)
            """
        )
        let outcome = try SockProgram.run(
            "connect",
            "udp://127.0.0.1:\(server.port)",
            "--hex",
            input: .text("?")
        )
        func line(_ start: String, _ hex: String, _ text: String) -> String {
            start + "  " + hex.padding(toLength: 48, withPad: " ", startingAt: 0) + "  |\(text)|\n"
        }
        #expect(
            outcome.text == line("> 00000000", "3f", "?") + line("< 00000000", "", "")
                + line(
                    "< 00000000",
                    "00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f",
                    String(repeating: ".", count: 16)
                ) + line("< 00000010", "10 11", "..") + line("< 00000000", "ff", ".")
        )
        _ = server.program.wait()
    }

    @Test func unixDatagramsAreAnsweredByAddress() throws {
        try withFolder { folder in
            let server = try Listening("--keep", "--echo", on: "unix-datagram:\(folder)/s")
            for text in ["one", "two"] {
                let outcome = try SockProgram.run("connect", server.endpoint, input: .text(text))
                #expect(outcome.status == 0)
                #expect(outcome.text == text)
            }
            server.stop()
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/s"))
            // Nobody is there any more, which connecting finds out, also again.
            let outcome = try SockProgram.run("connect", server.endpoint, "--retry", "1")
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("; retry 1 of 1 in "))
            #expect(outcome.errors.contains("(ENOENT)"))
        }
    }

    @Test func eventsCountDatagrams() throws {
        let server = try Listening("--keep", "--echo", on: "udp://127.0.0.1:0")
        let outcome = try SockProgram.run("connect", server.endpoint, "--json", input: .text("123"))
        let lines = outcome.errors.split(separator: "\n").map(String.init)
        try #require(lines.count == 2)
        let (connected, closed) = (try jsonObject(lines[0]), try jsonObject(lines[1]))
        #expect(connected["event"] as? String == "connected")
        #expect(connected["peer"] as? String == server.endpoint)
        #expect((connected["local"] as? String)?.hasPrefix("udp://127.0.0.1:") == true)
        #expect(closed["received_count"] as? Int == 1)
        #expect(closed["sent_count"] as? Int == 1)
        #expect(closed["dropped_count"] as? Int == 0)
        #expect(closed["received_size"] as? Int == 3)
        server.stop()
    }

    @Test func onATerminalLinesAreDatagramsAndEscapesAreShownNotObeyed() throws {
        let server = try DatagramPrograms.server(
            """
            line, peer = s.recvfrom(100)
            for part in (line.upper(), b'a\\x1b[31mb\\x9bc\\xc3', b'\\xa9 \\xc3\\xa9 END\\n'):
                s.sendto(part, peer)
            """
        )
        let script = """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
            os.write(terminal, b'hello\\n')
            got = b''
            while b'END' not in got: got += os.read(terminal, 65536)
            os.write(terminal, b'\\x04')
            while True:
                try: piece = os.read(terminal, 65536)
                except OSError: break
                if not piece: break
                got += piece
            sys.stdout.buffer.write(got)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let outcome = try Program.run(
            ["python3", "-c", script, SockProgram.path, "connect"]
                + ["udp://127.0.0.1:\(server.port)"]
        )
        #expect(outcome.status == 0)
        // The terminal itself shows what was typed, before that.
        let shown = #"HELLO\#r\#na\x1b[31mb\x9bc\xc3\xa9 é END\#r\#n"#
        #expect(outcome.text.contains(shown), "\(outcome.text.debugDescription)")
        #expect(!outcome.output.contains(0x1B))
        _ = server.program.wait()
    }
}
