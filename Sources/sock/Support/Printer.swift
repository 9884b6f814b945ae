import Glibc

/// Writes data to the standard output, as it comes.
///
/// Ends the process when nothing more can be written: quietly where nobody reads any more (`| head`),
/// else with the reason and status 1.
enum Printer {
    /// Writes a line.
    static func print(_ line: String) { write(line + "\n") }

    /// Writes a text.
    static func write(_ text: String) {
        let error = Blocking.write(Array(text.utf8), to: STDOUT_FILENO)
        if error != 0 { ProgramEnd.exit(after: Output.failure(error)) }
    }
}
