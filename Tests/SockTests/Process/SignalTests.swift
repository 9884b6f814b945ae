import Foundation
import Testing

/// Signals that the parent had us ignore.
@Suite struct SignalTests {
    /// What sh does for a job that a script starts with `&` (POSIX, Shell Command Language, 2.11).
    private func startInBackground(_ arguments: String...) throws -> Program {
        let script = "trap '' INT; exec \"$0\" \"$@\""
        return try Program(["sh", "-c", script, SockProgram.path] + arguments)
    }

    @Test func aJobOfAScriptIgnoresTheInterruptAndEndsOnSIGTERM() throws {
        let server = try startInBackground("listen", "127.0.0.1:0", "--keep", "--echo")
        let port = try #require(server.errorLine()?.split(separator: ":").last)
        server.send(SIGINT)
        for _ in 0..<2 {
            let answer = try Program.run(
                ["nc", "-N", "127.0.0.1", String(port)],
                input: .text("there\n")
            )
            #expect(answer.text == "there\n")
        }
        server.send(SIGTERM)
        #expect(server.wait().status == 0)
    }

    @Test func aWebServerOfAScriptDoesToo() throws {
        try withFolder { folder in
            let server = try startInBackground(
                "serve",
                folder,
                "--listen",
                "127.0.0.1:0",
                "--json",
                "--quiet"
            )
            let url = try #require(jsonObject(server.errorLine())["url"] as? String)
            server.send(SIGINT)
            #expect(try SockProgram.run("get", url).status == 0)
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
        }
    }
}
