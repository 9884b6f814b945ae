import Foundation
import Testing

/// `sock chat` between pipes, and beside `nc`.
@Suite struct ChatPipeTests {
    @Test func aPipeIsSaidLineByLineAndLeavesAtItsEnd() throws {
        let chat = try ServedChat()
        let outcome = try chat.join("--nick", "ada", input: .text("hello\n/who\nbye\n")).wait()
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        #expect(
            outcome.text == """
                * welcome to the chat. What is your name?
                * welcome, ada: /help lists the commands, bye leaves
                * you are ada in #lobby (1 here)
                * 1 in #lobby: ada
                * bye, ada

                """
        )
        chat.stop()
    }

    @Test func byeIsSaidForAnInputThatEndsWithoutIt() throws {
        let chat = try ServedChat()
        let outcome = try chat.join("--room", "kitchen", input: .text("ada\nlast words")).wait()
        #expect(outcome.status == 0)
        #expect(outcome.text.hasSuffix("* you are ada in #kitchen (1 here)\n* bye, ada\n"))
        chat.stop()
    }

    @Test func whatThePipeHasToSayIsSaidInTheRoomThatWasAskedFor() throws {
        let chat = try ServedChat()
        let bob = try chat.join("--nick", "bob", "--room", "kitchen", input: .open)
        while let line = bob.outputLine(), line != "* you are bob in #kitchen (1 here)" {}
        // All at once, a name that is refused first, and no newline at the end.
        let input = Program.Input.text("bob\nada\nhello\nlast words")
        #expect(try chat.join("--room", "kitchen", input: input).wait().status == 0)
        var lines: [String] = []
        while let line = bob.outputLine() {
            if line.hasPrefix("[") { lines.append(line) }
            if line.hasPrefix("* ada left #kitchen") { break }
        }
        #expect(lines == ["[#kitchen] ada: hello", "[#kitchen] ada: last words"])
        bob.endInput()
        #expect(bob.wait().status == 0)
        chat.stop()
    }

    @Test func netcatAndSockAreInOneRoom() throws {
        let chat = try ServedChat()
        let ada = try chat.join("--nick", "ada", input: .open)
        while let line = ada.outputLine(), line != "* you are ada in #lobby (1 here)" {}
        let bob = try Program.run(
            ["nc", "-N", "127.0.0.1", chat.port],
            input: .text("bob\nhello\u{1B}[2J\nbye\n")
        )
        #expect(bob.text.hasSuffix("* bye, bob\n"))
        #expect(ada.outputLine() == "* bob joined #lobby (2 here)")
        #expect(ada.outputLine() == #"[#lobby] bob: hello\x1b[2J"#)
        #expect(ada.outputLine() == "* bob left #lobby (1 here)")
        ada.endInput()
        #expect(ada.wait().status == 0)
        chat.stop()
    }

    @Test func aNameThatIsNotTakenEndsAPipe() throws {
        let chat = try ServedChat()
        let outcome = try chat.join("--nick", "1a", input: .text("hello\n")).wait()
        #expect(outcome.status == 1)
        #expect(outcome.text.contains("a name may not start with \"1\""))
        #expect(outcome.errors == "sock: the server does not take the name 1a\n")
        chat.stop()
    }

    @Test func membersAreToldThatTheServerStops() throws {
        let chat = try ServedChat()
        let ada = try chat.join("--nick", "ada", input: .open)
        while let line = ada.outputLine(), line != "* you are ada in #lobby (1 here)" {}
        chat.stop(SIGINT)
        let outcome = ada.wait()
        #expect(
            String(decoding: outcome.output, as: UTF8.self).hasSuffix("* the chat stops; goodbye\n")
        )
        #expect(outcome.status == 1)
        #expect(outcome.errors == "sock: the server closed the connection\n")
    }

    @Test func aSignalEndsAMemberInAPipe() throws {
        let chat = try ServedChat()
        let ada = try chat.join("--nick", "ada", input: .open)
        while let line = ada.outputLine(), line != "* you are ada in #lobby (1 here)" {}
        ada.send(SIGTERM)
        #expect(ada.wait().status == 128 + SIGTERM)
        chat.stop()
    }
}
