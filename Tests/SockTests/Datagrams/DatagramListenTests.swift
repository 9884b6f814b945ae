import Foundation
import Testing

/// `sock listen` for datagrams.
@Suite struct DatagramListenTests {
    @Test func netcatIsTalkedWithBothWays() throws {
        let server = try Listening(on: "udp://127.0.0.1:0", input: .open)
        let client = try Program(["nc", "-u", "127.0.0.1", server.port], input: .open)
        for number in 1...3 {
            client.type("question \(number)\n")
            #expect(server.program.outputLine() == "question \(number)")
            server.program.type("answer \(number)\n")
            #expect(client.outputLine() == "answer \(number)")
        }
        client.send(SIGKILL)
        _ = client.wait()
        server.stop()
    }

    @Test func netcatIsCalledAndTalkedWithBothWays() throws {
        // Says its port only where it can be asked: in the tables of the kernel.
        let port = try DatagramPrograms.unusedPort()
        let server = try Program(["nc", "-u", "-l", "127.0.0.1", port], input: .open)
        let port16 = String(Int(port) ?? 0, radix: 16, uppercase: true)
        let wanted = ":" + String(repeating: "0", count: 4 - port16.count) + port16 + " "
        var table = ""
        while !table.contains(wanted) {
            table = try String(contentsOfFile: "/proc/net/udp", encoding: .utf8)
        }
        let client = try SockProgram.start("connect", "udp://127.0.0.1:\(port)", input: .open)
        for number in 1...3 {
            client.type("question \(number)\n")
            #expect(server.outputLine() == "question \(number)")
            server.type("answer \(number)\n")
            #expect(client.outputLine() == "answer \(number)")
        }
        client.endInput()
        #expect(client.wait().status == 0)
        server.send(SIGKILL)
        _ = server.wait()
    }

    @Test func onlyTheFirstPeerIsTalkedTo() throws {
        let server = try Listening("--echo", on: "udp://127.0.0.1:0")
        let script = """
            first = s; first.send(b'first'); print(first.recv(100))
            second = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            second.connect(('127.0.0.1', \(server.port))); second.settimeout(0.3)
            second.send(b'second'); first.send(b'again'); print(first.recv(100))
            try: print(second.recv(100))
            except TimeoutError: print('nothing')
            """
        let outcome = try DatagramPrograms.client(server.port, script)
        #expect(outcome.text == "b'first'\nb'again'\nnothing\n")
        server.stop()
    }

    /// Every peer gets each of its own datagrams back, in order, and nothing else.
    ///
    /// A hundred wait for their answers at once: what a socket's buffer holds however busy the machine
    /// is, because more may rightly be lost.
    private static func ask(_ peers: Int) -> String {
        """
        import os, select
        peers = {}
        for _ in range(\(peers)):
            p = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            p.connect(s.getpeername()); peers[p.fileno()] = p
        poll = select.poll()
        for n in peers: poll.register(n, select.POLLIN)
        for turn in range(5):
            wanted, unasked = {}, list(peers)
            while unasked or wanted:
                while unasked and len(wanted) < 100:
                    n = unasked.pop()
                    wanted[n] = b'' if turn == 3 else b'%d %d ' % (n, turn) + os.urandom(n % 200)
                    peers[n].send(wanted[n])
                ready = poll.poll(20000)
                assert ready, '%d answers are missing in turn %d' % (len(wanted), turn)
                for n, _ in ready:
                    assert peers[n].recv(2000) == wanted.pop(n), 'a wrong answer'
        print('right')
        """
    }

    @Test(arguments: [[], ["-v"], ["--rate", "10M", "--hex"]])
    func hundredsOfPeersAreAnsweredAtOnce(_ arguments: [String]) throws {
        let program = try Program(
            [SockProgram.path, "listen", "udp://127.0.0.1:0", "--keep", "--echo"] + arguments,
            outputFile: "/dev/null"
        )
        let line = try #require(program.errorLine())
        let port = String(line.split(separator: ":").last ?? "")
        let outcome = try DatagramPrograms.client(port, Self.ask(400))
        #expect(outcome.text == "right\n", "\(outcome.errors)")
        program.send(SIGTERM)
        #expect(program.wait().status == 0)
    }

    @Test func linesGoToEveryPeerAndDatagramsComeOutWhole() throws {
        let server = try Listening("--keep", "-v", on: "udp://127.0.0.1:0", input: .open)
        let clients = try (0..<3).map { _ in
            try Program(["nc", "-u", "127.0.0.1", server.port], input: .open)
        }
        for (index, client) in clients.enumerated() {
            client.type("I am \(index)\n")
            #expect(server.program.outputLine() == "I am \(index)")
        }
        server.program.type("one\ntwo\n")
        for client in clients {
            #expect(client.outputLine() == "one")
            #expect(client.outputLine() == "two")
        }
        for _ in clients { #expect(server.program.errorLine()?.hasSuffix(" came") == true) }
        // No datagram can carry it; the next line goes all the same.
        server.program.type(String(repeating: "x", count: 70_000) + "\nthree\n")
        let said =
            "sock: send: message too large: a line of 70001 bytes, and the limit is 65507"
        #expect(server.program.errorLine() == said)
        for client in clients { #expect(client.outputLine() == "three") }
        for client in clients { client.send(SIGKILL) }
        for client in clients { _ = client.wait() }
        server.stop()
    }

    @Test func aCommandAnswersEachPeer() throws {
        let server = try Listening(
            "--keep",
            "--exec",
            "while read line; do echo got $line; done",
            on: "udp://127.0.0.1:0"
        )
        let script = """
            other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            other.connect(s.getpeername()); other.settimeout(30)
            s.send(b'a\\n'); other.send(b'b\\n')
            print(s.recv(100), other.recv(100))
            other.send(b'c\\n'); s.send(b'd\\n')
            print(s.recv(100), other.recv(100))
            """
        let outcome = try DatagramPrograms.client(server.port, script)
        #expect(outcome.text == "b'got a\\n' b'got b\\n'\nb'got d\\n' b'got c\\n'\n")
        server.stop()
    }

    @Test func aCommandThatHasExitedIsStartedAgain() throws {
        let server = try Listening("--keep", "--exec", "echo hello", on: "udp://127.0.0.1:0")
        let script = "for _ in range(3): s.send(b'?'); print(s.recv(100)); time.sleep(0.1)"
        let outcome = try DatagramPrograms.client(server.port, script)
        #expect(outcome.text == "b'hello\\n'\nb'hello\\n'\nb'hello\\n'\n")
        server.stop()
        // Alone, it is the end.
        let one = try Listening("--exec", "head -c 3", on: "udp://127.0.0.1:0")
        let first = try DatagramPrograms.client(one.port, "s.send(b'abcdef'); print(s.recv(100))")
        #expect(first.text == "b'abc'\n")
        #expect(one.program.wait().status == 0)
    }

    @Test func whoIsSilentIsForgottenAndMayComeAgain() throws {
        let server = try Listening(
            "--keep",
            "--exec",
            "cat; echo bye",
            "--json",
            "--idle",
            "0.4",
            on: "udp://127.0.0.1:0",
            isJSON: true
        )
        let script = """
            for text in (b'one', b'two'):
                s.send(text); print(s.recv(100), s.recv(100))
            """
        let outcome = try DatagramPrograms.client(server.port, script)
        #expect(outcome.text == "b'one' b'bye\\n'\nb'two' b'bye\\n'\n")
        // The second may come before the end of the first has been told.
        let events = try (0..<4).map { _ in try jsonObject(server.program.errorLine()) }
        for number in 1...2 {
            let own = events.filter { $0["connection"] as? Int == number }
            #expect(own.map { $0["event"] as? String } == ["accepted", "closed"])
            let closed = try #require(own.last)
            #expect(closed["received_count"] as? Int == 1)
            #expect(closed["sent_count"] as? Int == 2)
        }
        server.stop()
    }

    @Test func thePeersRefusalEndsItsConversation() throws {
        let server = try Listening(on: "udp://127.0.0.1:0", input: .open)
        #expect(try DatagramPrograms.client(server.port, "s.send(b'hi\\n')").status == 0)
        #expect(server.program.outputLine() == "hi")
        server.program.type("are you still there?\n")
        let outcome = server.program.wait()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(": connection refused (ECONNREFUSED): reported by 127.0.0.1")
        )
    }

    @Test func everyAddressHearsBothFamilies() throws {
        let server = try Listening("--keep", "--echo", "-v", on: "udp://:0")
        for (family, host) in [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")] {
            let outcome = try DatagramPrograms.client(
                server.port,
                "s.send(b'hi'); print(s.recv(100))",
                family: family,
                host: host
            )
            #expect(outcome.text == "b'hi'\n", "\(outcome.errors)")
        }
        server.stop()
    }

    @Test func aUnixPeerThatDoesNotReadHoldsNobodyUp() throws {
        try withFolder { folder in
            let server = try Listening("--keep", "--echo", "-v", on: "unix-datagram:\(folder)/s")
            let script = """
                import socket
                def peer(name):
                    p = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); p.settimeout(30)
                    p.bind('\(folder)/' + name); return p
                lazy, busy = peer('lazy'), peer('busy')
                # More than the queue of a socket holds (net.unix.max_dgram_qlen).
                for number in range(10 + int(open('/proc/sys/net/unix/max_dgram_qlen').read())):
                    lazy.sendto(b'x', '\(folder)/s')
                for number in range(50):
                    busy.sendto(b'%d' % number, '\(folder)/s'); assert busy.recv(100) == b'%d' % number
                nameless = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                nameless.connect('\(folder)/s'); nameless.send(b'who am I?')
                busy.sendto(b'end', '\(folder)/s'); print(busy.recv(100))
                input()
                """
            let client = try Program(["python3", "-c", script], input: .open)
            #expect(client.outputLine() == "b'end'")
            var lines: [String] = []
            while lines.filter({ $0.contains(" left: ") }).count < 2 {
                lines.append(try #require(server.program.errorLine()))
            }
            let text = lines.joined(separator: "\n")
            #expect(text.contains("timed out: it has read nothing for 1.000 s;"), "\(text)")
            #expect(text.contains("not connected: it has no address to answer to;"), "\(text)")
            client.endInput()
            _ = client.wait()
            server.stop()
        }
    }

    @Test func theLimitsOfTimeAreStatusTwo() throws {
        for arguments in [[], ["--echo"], ["--keep"], ["--keep", "--echo"], ["--exec", "cat"]] {
            let outcome = try Program.run(
                [SockProgram.path, "listen", "udp://127.0.0.1:0", "--timeout", "0.2"] + arguments
            )
            #expect(outcome.status == 2, "\(arguments)")
            #expect(outcome.errors.hasSuffix("sock: not done after 0.200 s (--timeout)\n"))
        }
    }
}
