import Glibc

/// Writes lines of data to the standard output, each as it comes.
enum Printer {
    /// Ends the process when nobody reads any more: then there is nothing left to do.
    static func print(_ text: String) {
        guard Blocking.write(Array((text + "\n").utf8), to: STDOUT_FILENO) != 0 else { return }
        exit(ExitStatus.failed.code)
    }
}
