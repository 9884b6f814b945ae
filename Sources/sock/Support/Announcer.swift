import Glibc
import Sockets

/// Tells events on the standard error, one a line.
struct Announcer: Sendable {
    let isJSON: Bool
    let isVerbose: Bool

    func tell(_ event: Event) {
        guard isJSON || isVerbose || event.isAlwaysSaid else { return }
        Self.write((isJSON ? event.json.description : event.words) + "\n", to: STDERR_FILENO)
    }

    /// One write(2) for a line, so that lines of several tasks do not mix.
    ///
    /// Failing is nothing that could be told to anybody.
    static func write(_ text: String, to descriptor: CInt) {
        _ = Blocking.write(Array(text.utf8), to: descriptor)
    }
}
