import Foundation
import Testing

/// What people see on a terminal while bytes move.
@Suite struct ProgressBarTests {
    /// Runs a command on a terminal; gives what the terminal got, and the command's status.
    ///
    /// When it says where it serves, curl gets `path` from there slowly, and then it is stopped.
    private func onTerminal(
        _ command: [String],
        getting path: String = ""
    ) throws -> Program.Outcome {
        let script = """
            import os, pty, re, signal, subprocess, sys, threading
            path, command = sys.argv[1], sys.argv[2:]
            pid, terminal = pty.fork()
            if pid == 0: os.execvp(command[0], command)
            def get(url):
                subprocess.run(["curl", "-s", "--limit-rate", "12M", "-o", "/dev/null", url])
                os.kill(pid, signal.SIGTERM)
            got, getter = b'', None
            while True:
                try: piece = os.read(terminal, 65536)
                except OSError: break
                if not piece: break
                got += piece
                url = re.search(rb'serving .* (http\\S+/)\\r\\n', got)
                if url and not getter:
                    getter = threading.Thread(target=get, args=(url[1].decode() + path,))
                    getter.start()
            if getter: getter.join()
            sys.stdout.buffer.write(got)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        return try Program.run(["python3", "-c", script, path] + command)
    }

    @Test func aDownloadHasABarThatGoesAway() throws {
        try withFolder { folder in
            try FileTree.make(in: folder + "/tree")
            let server = try ServedFolder(folder + "/tree")
            // A second of it, so that something is shown under way.
            let relay = try Relaying("--rate", "5MB", to: "127.0.0.1:\(server.port)")
            let get = try onTerminal([
                SockProgram.path, "get", "http://127.0.0.1:\(relay.port)/large.bin", "-o",
                folder + "/copy",
            ])
            _ = relay.stop()
            #expect(get.status == 0)
            #expect(get.text.contains("░"), "\(get.text.debugDescription)")
            #expect(get.text.contains(" % of 5.2 MB"), "\(get.text.debugDescription)")
            // What is left of it is one line.
            let last = "\r\u{1B}[K\(folder)/copy: 5.2 MB in "
            #expect(get.text.contains(last), "\(get.text.debugDescription)")
            #expect(get.text.hasSuffix("/s\r\n"), "\(get.text.debugDescription)")
            #expect(bytes(folder + "/copy") == bytes(folder + "/tree/large.bin"))
            server.stop()
        }
    }

    @Test func whatAServerSendsCannotCommandTheTerminal() throws {
        try withFolder { folder in
            let evil = Data("a\u{1B}[31mb\u{9B}c\n".utf8)
            try evil.write(to: URL(fileURLWithPath: folder + "/evil"))
            let server = try ServedFolder(folder)
            let shown = try onTerminal([SockProgram.path, "get", server.url + "/evil"])
            #expect(shown.text.contains("a\\x1b[31mb\\x9bc\r\n"))
            #expect(!shown.text.contains("[31mb\u{9B}"))
            let raw = try onTerminal([SockProgram.path, "get", "--raw", server.url + "/evil"])
            #expect(raw.text.contains("a\u{1B}[31mb"))
            server.stop()
        }
    }

    @Test func aServerShowsWhatIsUnderWayAndThenTheLine() throws {
        try withFolder { folder in
            // More than the sockets between hold, at a speed that takes two seconds.
            try randomBytes(24 << 20).write(to: URL(fileURLWithPath: folder + "/huge.bin"))
            let serve = try onTerminal(
                [SockProgram.path, "serve", folder, "--listen", "127.0.0.1:0"],
                getting: "huge.bin"
            )
            #expect(serve.status == 0)
            let text = serve.text
            #expect(text.contains(" % of 25 MB"), "\(text.debugDescription)")
            #expect(text.contains("GET /huge.bin"), "\(text.debugDescription)")
            #expect(
                text.firstMatch(of: #/\d GET /huge\.bin 200 25165824 bytes in /#) != nil,
                "\(text.debugDescription)"
            )
        }
    }
}
