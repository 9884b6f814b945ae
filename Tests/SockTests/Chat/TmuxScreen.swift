import Foundation
import Testing

/// A tmux server of its own, with windows of a fixed size.
struct TmuxScreen {
    private let server: Program
    private let socket = "sock-\(UUID().uuidString.prefix(8))"
    private let size: [String]

    /// How long anything may take to appear, in seconds.
    ///
    /// Arbitrary: a busy machine passes.
    private static let patience = 20.0

    init(columns: Int, rows: Int) throws {
        size = ["-x", "\(columns)", "-y", "\(rows)"]
        // Not as a daemon, which would keep what tells Foundation that its child has ended.
        server = try Program(["tmux", "-L", socket, "-f", "/dev/null", "-D"], input: .open)
        let end = Date().addingTimeInterval(Self.patience)
        while (try? tmux("show-options", "-g")) == nil {
            try #require(Date() < end, "tmux does not start")
            usleep(20_000)
        }
    }

    func close() {
        _ = try? tmux("kill-server")
        server.send(SIGKILL)
    }

    /// Runs a command line in a window of its own, which says how it ended and then stays.
    func run(_ command: String) throws -> Window {
        let name = "w\(UUID().uuidString.prefix(8))"
        let after = """
            ; echo "ended with $?, and the terminal has" \
            $(stty -a | tr ' ;' '\\n\\n' | grep -xE 'icanon|echo'); cat
            """
        try tmux(["new-session", "-d", "-s", name] + size + [command + after])
        return Window(screen: self, name: name)
    }

    @discardableResult
    func tmux(_ arguments: String...) throws -> String { try tmux(arguments) }

    @discardableResult
    func tmux(_ arguments: [String]) throws -> String {
        let outcome = try Program.run(["tmux", "-N", "-L", socket] + arguments)
        guard outcome.status == 0 else { throw Failed(errors: outcome.errors) }
        return outcome.text
    }

    struct Failed: Error { let errors: String }

    struct Window {
        let screen: TmuxScreen
        let name: String

        /// What is on the screen, without the blanks at the ends of its rows.
        var text: String { (try? screen.tmux("capture-pane", "-p", "-t", name)) ?? "" }

        func type(_ keys: String) { _ = try? screen.tmux("send-keys", "-t", name, "-l", keys) }

        /// A key by the name tmux has for it.
        func press(_ key: String) { _ = try? screen.tmux("send-keys", "-t", name, key) }

        /// Waits until the screen shows a text.
        func shows(_ words: String) throws {
            let end = Date().addingTimeInterval(TmuxScreen.patience)
            while !text.contains(words) {
                try #require(Date() < end, "\(words.debugDescription) is not in:\n\(text)")
                usleep(20_000)  // a screen has no event to wait for
            }
        }
    }
}
