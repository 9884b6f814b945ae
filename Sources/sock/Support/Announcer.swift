import Glibc
import Sockets

/// Tells events on the standard error, one a line.
struct Announcer: Sendable {
    let isJSON: Bool
    let isVerbose: Bool
    /// Where lines go that share the terminal with a status; nil where there is none.
    var board: StatusWriter?

    func tell(_ event: Event) {
        guard isJSON || isVerbose || event.isAlwaysSaid else { return }
        let line = isJSON ? event.json.description : event.words
        guard let board else { return Self.write(line + "\n", to: STDERR_FILENO) }
        board.tell(line)
    }

    /// Waits a moment until everything told has been written.
    func finish() async { await board?.finish() }

    /// One write(2) for a line, so that lines of several tasks do not mix.
    ///
    /// Failing is nothing that could be told to anybody.
    static func write(_ text: String, to descriptor: CInt) {
        _ = Blocking.write(Array(text.utf8), to: descriptor)
    }
}
