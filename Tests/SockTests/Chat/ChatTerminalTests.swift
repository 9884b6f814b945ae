import Foundation
import Testing

/// The chat on a real terminal: two of them, in tmux.
@Suite struct ChatTerminalTests {
    static let hasTmux = (try? Program.run(["tmux", "-V"]).status) == 0

    @Test(.enabled(if: hasTmux, "tmux is not installed: the terminal face is not tested"))
    func aLineBeingTypedSurvivesMessages() throws {
        let chat = try ServedChat()
        let screen = try TmuxScreen(columns: 60, rows: 12)
        defer { screen.close() }
        let ada = try screen.run("\(SockProgram.path) chat join \(chat.endpoint) --nick ada")
        try ada.shows("you are ada in #lobby (1 here)")
        let bob = try screen.run("\(SockProgram.path) chat join \(chat.endpoint)")
        try bob.shows("What is your name?")
        bob.type("bob\n")
        try ada.shows("bob joined #lobby (2 here)\n>")

        ada.type("half a line")
        try ada.shows("> half a line")
        bob.type("漢字 héllo\n")
        try ada.shows("[#lobby] bob: 漢字 héllo\n> half a line")
        // At its beginning, and then past the width of the screen.
        ada.press("Home")
        ada.type("not ")
        try ada.shows("> not half a line")
        ada.press("End")
        ada.type(" any more, as it goes on to the right of the screen!")
        try ada.shows("line any more, as it goes on to the right of the screen!")
        ada.press("Enter")
        try bob.shows("[#lobby] ada: not half a line any more, as it goes on")
        ada.press("Up")
        try ada.shows("\n> line any more, as it goes on to the right of the screen!")

        ada.press("C-c")
        try ada.shows("* bye, ada\nended with 0, and the terminal has icanon echo")
        bob.press("C-d")
        try bob.shows("* bye, bob\nended with 0")
        chat.stop()
    }

    @Test(.enabled(if: hasTmux, "tmux is not installed: the terminal face is not tested"))
    func theTerminalIsInOrderAfterASignalAndAfterTheServersEnd() throws {
        let chat = try ServedChat()
        let screen = try TmuxScreen(columns: 60, rows: 12)
        defer { screen.close() }
        let join = "\(SockProgram.path) chat join \(chat.endpoint) --nick"
        let ada = try screen.run("sh -c 'echo \"no $$\"; exec \(join) ada'")
        try ada.shows("you are ada in")
        let bob = try screen.run("\(join) bob")
        try bob.shows("you are bob in")
        let number = try #require(ada.text.split(separator: "\n").first?.dropFirst(3))
        kill(try #require(Int32(number)), SIGTERM)
        try ada.shows("ended with 143, and the terminal has icanon echo")
        bob.type("half a line")
        try bob.shows("> half a line")
        chat.stop()
        try bob.shows("* the chat stops; goodbye")
        try bob.shows("* not sent: half a line")
        try bob.shows("ended with 1, and the terminal has icanon echo")
    }
}
