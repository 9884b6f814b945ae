import Foundation
import Testing

/// Commands whose parent closed some of 0, 1 and 2: no socket and no pipe of ours gets such a number.
@Suite struct ClosedDescriptorTests {
    static let redirections = [
        "<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-",
    ]

    /// `sock` with a redirection of the shell's.
    private func sock(_ redirection: String, _ arguments: String...) throws -> Program {
        try Program(
            ["bash", "-c", "exec \"$0\" \"$@\" \(redirection)", SockProgram.path] + arguments
        )
    }

    @Test(arguments: redirections)
    func whatTheServerSendsDoesNotComeBack(_ redirection: String) throws {
        let server = try Listening(input: .text("from the server\n"))
        let client = try sock(redirection, "connect", "-v", server.endpoint)
        let outcome = client.wait()
        #expect(server.program.wait().text.isEmpty)
        let canWrite = !redirection.replacingOccurrences(of: "2>&-", with: "").contains(">&-")
        #expect(outcome.status == (canWrite ? 0 : 1), "\(outcome.errors)")
        #expect(outcome.text == (canWrite ? "from the server\n" : ""))
    }

    /// Whichever comes first: the input to be sent, or the answer that cannot be written.
    @Test(arguments: [">&-", ">/dev/full", ">&- 2>&-"])
    func whatIsToBeSentGetsThereAlthoughNothingCanBeWritten(_ redirection: String) throws {
        let server = try Listening(input: .text("from the server\n"))
        let script = "(sleep 0.2; echo question) | exec \"$0\" connect \"$1\" \(redirection)"
        let client = try Program(["bash", "-c", script, SockProgram.path, server.endpoint])
        let outcome = client.wait()
        #expect(outcome.status == 1)
        #expect(server.program.wait().text == "question\n")
        guard !redirection.contains("2>&-") else { return }
        #expect(outcome.errors.hasPrefix("sock: write the standard output: "))
    }

    @Test func noClientSeesWhatAnotherSends() throws {
        let server = try sock("<&- >&-", "listen", "127.0.0.1:0", "--keep")
        let line = try #require(server.errorLine())
        let port = try #require(line.split(separator: ":").last)
        let script = """
            import socket
            a, b = [socket.create_connection(('127.0.0.1', \(port))) for _ in range(2)]
            a.sendall(b'secret'); a.shutdown(socket.SHUT_WR)
            for s in (a, b):
                try: print(s.recv(100))
                except ConnectionError: print(b'')
            """
        let clients = try Program.run(["python3", "-c", script])
        #expect(clients.text == "b''\nb''\n", "\(clients.errors)")
        let outcome = server.wait()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("write the standard output: bad file descriptor"))
    }

    @Test func aClosedOutputIsAnError() throws {
        for arguments in [["resolve", "127.0.0.1"], ["--version"], ["listen", "--help"]] {
            let outcome = try Program(
                ["bash", "-c", "exec \"$0\" \"$@\" >&-", SockProgram.path] + arguments
            ).wait()
            #expect(outcome.status == 1)
            let words = "write the standard output: bad file descriptor (EBADF)"
            #expect(outcome.errors == "sock: \(words)\n")
        }
    }

    @Test func aFileThatIsWrittenHasNothingElseInIt() throws {
        try withFolder { folder in
            try Data("file\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/f"))
            let script = "exec \"$0\" serve \"$1\" --listen 127.0.0.1:0 --json <&- >&-"
            let server = try Program(["bash", "-c", script, SockProgram.path, folder])
            let url = try #require(jsonObject(server.errorLine())["url"] as? String)
            for redirection in Self.redirections {
                let file = "\(folder)/got\(UUID().uuidString)"
                _ = try sock(redirection, "get", "-v", "\(url)f", "-o", file).wait()
                let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
                #expect(bytes == Data("file\n".utf8), "\(redirection)")
            }
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
        }
    }
}
