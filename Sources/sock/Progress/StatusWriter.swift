import Glibc

/// How a command tells lines on the standard error and shows a status below them.
///
/// Nothing here waits: see ``StandardError``.
struct StatusWriter: Sendable {
    /// Whether a status is shown.
    let showsStatus: Bool
    private let isPlain: Bool

    /// - Parameter isPlain: Whether nothing but lines of JSON is written, whatever is there.
    init(isPlain: Bool) {
        self.isPlain = isPlain
        showsStatus = !isPlain && Terminal.isTerminal(STDERR_FILENO)
    }

    /// Writes a line, above the status.
    func tell(_ line: String) { StandardError.shared.tell(line, isJSON: isPlain) }

    /// Shows this below the lines; nothing when it is empty.
    func show(_ status: String) {
        if showsStatus { StandardError.shared.show(status) }
    }

    /// Takes the status away.
    ///
    /// That what was told is written is seen to at the end of the process (``ProgramEnd``).
    func finish() async { show("") }
}
