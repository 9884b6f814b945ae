import Sockets

/// Tells events on the standard error, one a line.
///
/// Nothing here waits: see ``StandardError``.
struct Announcer: Sendable {
    let isJSON: Bool
    let isVerbose: Bool
    private let board: StatusWriter

    /// - Parameters:
    ///   - isJSON: Whether each event is a JSON object.
    ///   - isVerbose: Whether events are told that are not always said.
    ///   - board: Where a status is shown, too; nil where there is none.
    init(isJSON: Bool, isVerbose: Bool, board: StatusWriter? = nil) {
        self.isJSON = isJSON
        self.isVerbose = isVerbose
        self.board = board ?? StatusWriter(isPlain: isJSON)
    }

    func tell(_ event: Event) {
        guard isJSON || isVerbose || event.isAlwaysSaid else { return }
        say(isJSON ? event.json.description : event.words)
    }

    /// Tells a line that is no event.
    func say(_ line: String) { board.tell(line) }

    /// Takes the status away.
    func finish() async { await board.finish() }
}
