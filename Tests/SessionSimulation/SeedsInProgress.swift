import Glibc

/// Which seed each worker runs, so that a trap (an invariant that does not hold) can say it.
package enum SeedsInProgress {
    private struct Entry {
        var thread: pthread_t
        var seed: UInt64
    }

    /// More than any machine has cores.
    package static let workerLimit = 1_024

    /// Each worker writes its own entry; a handler reads the one of the thread it runs in.
    nonisolated(unsafe) private static let entries: UnsafeMutableBufferPointer<Entry> = {
        let entries = UnsafeMutableBufferPointer<Entry>.allocate(capacity: workerLimit)
        unsafe entries.initialize(repeating: Entry(thread: 0, seed: 0))
        return unsafe entries
    }()

    /// The thread that calls this runs a seed from now on.
    package static func note(_ seed: UInt64, worker: Int) {
        precondition(worker < workerLimit, "as many entries as workers")
        unsafe entries[worker] = Entry(thread: pthread_self(), seed: seed)
    }

    /// A trap ends the process: its seed is said before.
    package static func areSaidWhenTrapped() {
        for number in [SIGILL, SIGTRAP] {
            // Not quite what a handler may do, but the process is about to end.
            _ = signal(number) { number in
                let thread = pthread_self()
                for index in 0..<SeedsInProgress.workerLimit {
                    let entry = unsafe SeedsInProgress.entries[index]
                    guard entry.thread == thread else { continue }
                    let line = "seed \(entry.seed) trapped: make simulate SEED=\(entry.seed)\n"
                    _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
                    break
                }
                _ = signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
}
