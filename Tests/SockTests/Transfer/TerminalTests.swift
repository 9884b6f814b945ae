import Foundation
import Testing

@testable import sock

/// What a terminal is shown of a peer's bytes.
@Suite struct TerminalTests {
    /// Runs `sock connect` on a terminal, gives what the terminal got.
    private func onTerminal(_ arguments: String, sent: String) throws -> String {
        let server = try Listening(input: .text(sent))
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
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let outcome = try Program.run(
            ["python3", "-c", script, SockProgram.path, "connect", server.endpoint]
                + arguments.split(separator: " ").map(String.init)
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        _ = server.program.wait()
        return outcome.text
    }

    @Test func aPeersEscapesAreShownNotObeyed() throws {
        let text = try onTerminal("", sent: "a\u{1B}[31mb\u{7F}c\u{9B}d\u{7}é\tx\n")
        #expect(text == "a\\x1b[31mb\\x7fc\\x9bd\\x07é\tx\r\n")
    }

    @Test func rawLetsEveryByteThrough() throws {
        #expect(try onTerminal("--raw", sent: "a\u{1B}[31mb") == "a\u{1B}[31mb")
    }

    @Test func onATerminalThePeersEndIsTheEnd() throws {
        // Nobody types ^D there: it would wait for ever.
        #expect(try onTerminal("", sent: "bye\n") == "bye\r\n")
    }

    @Test func aDumpIsColouredOnATerminalOnly() throws {
        let text = try onTerminal("--hex", sent: "x")
        #expect(text.hasPrefix("\u{1B}[36m< 00000000") || text.hasPrefix("< 00000000"))
    }

    @Test func whatNobodySeesAndWhatTurnsTheTextIsShown() throws {
        let sent = "exe\u{202E}gnp\u{2066}\u{200B}x\u{E0041}\u{3164} a\u{200D}b 👩\u{200D}🚀\n"
        let shown =
            #"exe\u{202e}gnp\u{2066}\u{200b}x\u{e0041}\u{3164} a\u{200d}b "# + "👩\u{200D}🚀\r\n"
        #expect(try onTerminal("", sent: sent) == shown)
    }
}
