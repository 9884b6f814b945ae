import Foundation
import Testing

/// The chat under a real shell with job control, in tmux.
@Suite struct ChatSuspendTests {
    private static let hasTmux = ChatTerminalTests.hasTmux

    /// A shell in a window of its own, that has begun to chat as somebody.
    private struct Shell {
        let chat: ServedChat
        let screen: TmuxScreen
        let window: TmuxScreen.Window

        init(joining isJoining: Bool = true, before: String = "") throws {
            chat = try ServedChat()
            screen = try TmuxScreen(columns: 70, rows: 20)
            window = try screen.run("\(before) PS1='sh$ ' bash --norc --noprofile -i")
            try window.shows("sh$")
            if isJoining { try join() }
        }

        func join() throws {
            window.type("\(SockProgram.path) chat join \(chat.endpoint) --nick ada\n")
            try window.shows("you are ada in #lobby (1 here)\n>")
        }

        /// Types a command, when the shell has its prompt, and waits for what it prints.
        func command(_ line: String, prints words: String) throws {
            try window.shows("sh$\n")
            window.type(line + "\n")
            try window.shows(words)
        }

        /// Waits until the shell knows that its job has stopped.
        func jobStops(after line: String = ":") throws {
            let wait = "until jobs | grep -q Stopped; do sleep 0.1; done; echo has stopped"
            try command("clear; \(line); \(wait)", prints: "\nhas stopped")
        }

        /// The shell says what its terminal is like, once it has it.
        func hasSaneTerminal(_ mark: String) throws {
            try command("echo \(mark) `stty -a | grep -o '[-]*icanon'`", prints: "\(mark) icanon")
        }

        func end() {
            screen.close()
            chat.stop()
        }
    }

    @Test(.enabled(if: hasTmux, "tmux is not installed: suspending is not tested"))
    func suspendedItGivesTheTerminalBackAndTakesItAgainWithTheLine() throws {
        let shell = try Shell()
        defer { shell.end() }
        for round in 1...3 {
            shell.window.type("half \(round)")
            try shell.window.shows("> half \(round)")
            shell.window.press("C-z")
            try shell.hasSaneTerminal("stopped\(round)")
            shell.window.type("clear; fg\n")
            // The line as it was, nothing of it shown twice, and keys edit it.
            try shell.window.shows("> half \(round)")
            shell.window.press("C-u")
            shell.window.type("whole")
            try shell.window.shows("> whole")
            shell.window.press("C-u")
            #expect(!shell.window.text.contains("^U"))
        }
        shell.window.type("said after all")
        shell.window.press("Enter")
        try shell.window.shows("> said after all\n>")
        shell.window.press("C-d")
        try shell.window.shows("* bye, ada")
        try shell.hasSaneTerminal("ended")
    }

    @Test(
        .enabled(if: hasTmux, "tmux is not installed: suspending is not tested"),
        arguments: ["TSTP", "STOP", "TTIN"]
    )
    func stoppedFromOutsideItTakesTheTerminalAgain(signal: String) throws {
        let shell = try Shell()
        defer { shell.end() }
        shell.window.type("half")
        try shell.window.shows("> half")
        let number = try process(of: shell)
        #expect(
            kill(number, ["TSTP": SIGTSTP, "STOP": SIGSTOP, "TTIN": SIGTTIN][signal] ?? 0) == 0
        )
        try shell.window.shows("Stopped")
        shell.window.type("clear; fg\n")
        try shell.window.shows("> half")
        shell.window.type("!")
        try shell.window.shows("> half!")
        shell.window.press("C-c")
        try shell.window.shows("* bye, ada")
        try shell.hasSaneTerminal("ended")
    }

    @Test(.enabled(if: hasTmux, "tmux is not installed: suspending is not tested"))
    func inTheBackgroundItStopsUntilItIsInFront() throws {
        let shell = try Shell()
        defer { shell.end() }
        shell.window.type("half")
        try shell.window.shows("> half")
        shell.window.press("C-z")
        try shell.window.shows("Stopped")
        try shell.jobStops(after: "bg")
        try shell.hasSaneTerminal("background")
        shell.window.type("clear; fg\n")
        try shell.window.shows("> half")
        shell.window.press("C-c")
        try shell.window.shows("* bye, ada")
        try shell.hasSaneTerminal("ended")
    }

    @Test(.enabled(if: hasTmux, "tmux is not installed: suspending is not tested"))
    func begunInTheBackgroundItWaitsToBeInFront() throws {
        let shell = try Shell(joining: false)
        defer { shell.end() }
        shell.window.type("\(SockProgram.path) chat join \(shell.chat.endpoint) --nick ada &\n")
        try shell.jobStops()
        shell.window.type("clear; fg\n")
        try shell.window.shows("you are ada in #lobby")
        shell.window.press("C-c")
        try shell.window.shows("* bye, ada")
        try shell.hasSaneTerminal("ended")
    }

    @Test(.enabled(if: hasTmux, "tmux is not installed: suspending is not tested"))
    func aStoppedOneCanBeEnded() throws {
        let shell = try Shell()
        defer { shell.end() }
        shell.window.press("C-z")
        try shell.window.shows("Stopped")
        try shell.command("clear; kill %1; wait %1; echo status $?", prints: "status 143")
        try shell.hasSaneTerminal("ended")
    }

    /// A shell without job control in front of it, as a script is, stops with it.
    @Test(.enabled(if: hasTmux, "tmux is not installed: suspending is not tested"))
    func theScriptThatRunsItStopsToo() throws {
        let shell = try Shell(joining: false)
        defer { shell.end() }
        let join = "\(SockProgram.path) chat join \(shell.chat.endpoint) --nick ada"
        shell.window.type("sh -c '\(join); echo after'\n")
        try shell.window.shows("you are ada in #lobby")
        shell.window.press("C-z")
        try shell.window.shows("Stopped")
        shell.window.type("clear; fg\n")
        try shell.window.shows("\n>")
        shell.window.press("C-c")
        try shell.window.shows("after")
        try shell.hasSaneTerminal("ended")
    }

    /// In front of no shell nobody would ever continue it: the kernel does not stop such a group.
    @Test(.enabled(if: hasTmux, "tmux is not installed: suspending is not tested"))
    func withoutAShellTheKeyDoesNothingForLong() throws {
        let chat = try ServedChat()
        defer { chat.stop() }
        let screen = try TmuxScreen(columns: 70, rows: 20)
        defer { screen.close() }
        let window = try screen.run(
            "trap '' TSTP; \(SockProgram.path) chat join \(chat.endpoint) --nick ada"
        )
        try window.shows("you are ada in #lobby")
        window.type("half")
        window.press("C-z")
        window.type("!")
        try window.shows("> half!")
        window.press("C-c")
        try window.shows("ended with 0, and the terminal has icanon echo")
    }

    @Test(
        .enabled(if: hasTmux, "tmux is not installed: suspending is not tested"),
        arguments: [SIGQUIT, SIGSEGV, SIGABRT, SIGILL, SIGTERM, SIGHUP, SIGUSR1]
    )
    func whateverEndsItTheTerminalIsInOrder(signal: Int32) throws {
        let shell = try Shell(before: "ulimit -c 0; export SWIFT_BACKTRACE=enable=no;")
        defer { shell.end() }
        shell.window.type("half")
        try shell.window.shows("> half")
        #expect(kill(try process(of: shell), signal) == 0)
        // SIGHUP is taken for the terminal's end and SIGTERM for the program's: both are told.
        try shell.command("echo ended $?", prints: "ended \(128 + signal)")
        try shell.hasSaneTerminal("sane")
    }

    @Test(.enabled(if: hasTmux, "tmux is not installed: suspending is not tested"))
    func theQuitKeyQuits() throws {
        let shell = try Shell(before: "ulimit -c 0; export SWIFT_BACKTRACE=enable=no;")
        defer { shell.end() }
        shell.window.press("C-\\")
        try shell.window.shows("Quit")
        try shell.command("echo ended $?", prints: "ended 131")
        try shell.hasSaneTerminal("sane")
    }

    /// The process that chats, a child of the shell.
    private func process(of shell: Shell) throws -> Int32 {
        let list = try Program.run(["pgrep", "-f", "chat join \(shell.chat.endpoint) --nick ada"])
        return try #require(Int32(list.text.split(separator: "\n").last ?? ""))
    }
}
