import Foundation
import TestSupport
import Testing

/// `sock listen --exec`: programs that neither read nor write, and clients that are gone.
@Suite struct ExecutionEndTests {
    /// Neither reads nor writes, but for its number.
    private static let sleeper = "echo $$; exec sleep 1000"

    /// The process's number, in what a client was sent first.
    private func processNumber(in text: String) throws -> Int32 {
        try #require(Int32(text.split(separator: "\n").first ?? ""), "\(text)")
    }

    /// Connects as a client in Python, which does `ending` after the first line has come and prints that.
    private func client(_ port: String, _ ending: String) throws -> Program.Outcome {
        let script = """
            import socket, struct
            s = socket.create_connection(('127.0.0.1', \(port)))
            line = s.makefile().readline()
            def reset():
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
            \(ending)
            print(line, end='')
            """
        return try Program.run(["python3", "-c", script])
    }

    /// How a client may be gone; with the first two the server had no call on the connection that could
    /// fail.
    static let endings = [
        "s.shutdown(socket.SHUT_WR); s.settimeout(0.2)\ntry: s.recv(1)\nexcept OSError: pass\nreset()",
        "s.setblocking(False)\ntry:\n    while True: s.send(b'x' * 65536)\nexcept OSError: pass\nreset()",
        "reset()",
    ]

    @Test(arguments: endings) func aProgramEndsWithAClientThatResets(_ ending: String) throws {
        let server = try Listening("--keep", "--exec", "echo $$; exec sleep 1000")
        let pid = try processNumber(in: client(server.port, ending).text)
        try waitUntilGone(pid)
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func aProgramOverTLSEndsWithItsClient() throws {
        let server = try Listening("--keep", "--exec", Self.sleeper, on: "tls://127.0.0.1:0")
        let script = """
            import socket, ssl, struct
            raw = socket.create_connection(('127.0.0.1', \(server.port)))
            s = ssl._create_unverified_context().wrap_socket(raw)
            print(s.recv(100).decode(), end='')
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
            """
        let outcome = try Program.run(["python3", "-c", script])
        try waitUntilGone(processNumber(in: outcome.text))
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func aProgramEndsWithAUnixClientThatCloses() throws {
        try withFolder { folder in
            let server = try Listening(
                "--keep",
                "--exec",
                "echo $$; exec sleep 1000",
                on: "unix:\(folder)/s"
            )
            let script = """
                import socket
                s = socket.socket(socket.AF_UNIX); s.connect('\(folder)/s')
                print(s.makefile().readline(), end='')
                """
            let outcome = try Program.run(["python3", "-c", script])
            try waitUntilGone(processNumber(in: outcome.text))
            server.program.send(SIGTERM)
            #expect(server.program.wait().status == 0)
        }
    }

    @Test func aProgramEndsAfterTheCloseOfAWebSocket() throws {
        let server = try Listening("--keep", "--exec", Self.sleeper, on: "ws://127.0.0.1:0")
        let client = try SockProgram.start("connect", server.endpoint, input: .open)
        let line = try #require(client.outputLine())
        client.endInput()
        try waitUntilGone(processNumber(in: line))
        _ = client.wait()
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    /// The half-close says that no more will come, and the client waits for the answer.
    @Test func aProgramGoesOnAfterTheEndOfItsInput() throws {
        let command = "sort; sleep 1; echo last; exec 1>&-; sleep 1; echo done >&2"
        let server = try Listening("--exec", command)
        #expect(try server.netcat(.text("b\na\n")).wait().text == "a\nb\nlast\n")
        let outcome = server.program.wait()
        #expect(outcome.status == 0)
        #expect(outcome.errors == "done\n")
    }

    @Test func whatIgnoresSIGTERMIsKilled() throws {
        let command = "trap '' TERM; echo $$; while :; do sleep 1; done"
        let server = try Listening("--keep", "--exec", command)
        let pid = try processNumber(in: client(server.port, "reset()").text)
        try waitUntilGone(pid)
        let other = try server.netcat(.open)
        let line = try #require(other.outputLine())
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
        try waitUntilGone(processNumber(in: line))
        other.endInput()
        _ = other.wait()
    }

    @Test func whatAProgramLeftBehindEndsWithItsClient() throws {
        // The shell exits at once; what it started holds the connection.
        let server = try Listening("--keep", "--exec", "sleep 1000 & echo $!")
        let pid = try processNumber(in: client(server.port, "reset()").text)
        try waitUntilGone(pid)
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    /// One that is asked to end may take a moment to do so.
    @Test func aProgramMayTidyUpWhenItsClientIsGone() throws {
        try withFolder { folder in
            let server = try Listening(
                "--keep",
                "--exec",
                "trap 'sleep 0.5; echo tidy > \(folder)/f; exit' TERM; echo $$; while :; do sleep 0.1; done"
            )
            let pid = try processNumber(in: client(server.port, "reset()").text)
            try waitUntilGone(pid)
            #expect(try String(contentsOfFile: "\(folder)/f", encoding: .utf8) == "tidy\n")
            server.program.send(SIGTERM)
            #expect(server.program.wait().status == 0)
        }
    }

    /// Whose kernel forgets the connection sooner than most do (tcp_fin_timeout), so that the first probe
    /// finds out.
    @Test(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
    func aProgramEndsWithATCPClientThatCloses() async throws {
        try await withNetworkNamespaces(1) { hosts in
            try hosts[0].run("sysctl", "-qw", "net.ipv4.tcp_fin_timeout=1")
            let server = try hosts[0].startSock(
                "listen",
                "127.0.0.1:0",
                "--keep",
                "--exec",
                "echo $$; exec sleep 1000"
            )
            let port = try #require(server.errorLine()?.split(separator: ":").last)
            let script = """
                import socket
                s = socket.create_connection(('127.0.0.1', \(port)))
                print(s.makefile().readline(), end='')
                """
            let outcome = try Program.run(
                ["ip", "netns", "exec", hosts[0].name, "python3", "-c", script]
            )
            try waitUntilGone(processNumber(in: outcome.text))
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
        }
    }
}

/// Waits for a process that is not our child: through its descriptor (pidfd_open(2)).
func waitUntilGone(_ pid: Int32) throws {
    let script = """
        import os, select, sys
        try: fd = os.pidfd_open(int(sys.argv[1]))
        except ProcessLookupError: sys.exit(0)
        sys.exit(0 if select.select([fd], [], [], 45)[0] else 1)
        """
    let outcome = try Program.run(["python3", "-c", script, "\(pid)"])
    #expect(outcome.status == 0, "\(pid) is still there: \(outcome.errors)")
}
