import Glibc
import Synchronization

/// A shell command that was started for a client: posix_spawn(3), in a process group of its own, so
/// that what a pipeline started ends with it.
final class ChildProcess: Sendable {
    /// Commands at a time; further clients wait in the kernel's queue.
    ///
    /// Arbitrary: each is a process that a stranger can start.
    static let countLimit = 256

    /// From SIGTERM to SIGKILL.
    ///
    /// Arbitrary.
    private static let grace = Duration.seconds(2)

    /// Our end of its standard input, and of its standard output.
    ///
    /// Blocking, as a child expects its own; they are only spliced.
    let input: CInt
    let output: CInt

    private let pid: pid_t
    private let exited: AsyncStream<Void>
    private let inputIsOpen = Atomic<Bool>(true)

    init(shellCommand command: String) throws(Failure) {
        let child = try ChildReaper.shared.spawn(command)
        pid = child.pid
        exited = child.exited
        (input, output) = (child.input, child.output)
    }

    deinit {
        closeInput()
        close(output)
    }

    /// The end of its standard input.
    func closeInput() {
        if inputIsOpen.exchange(false, ordering: .relaxed) { close(input) }
    }

    /// Until it has exited and was reaped, or the task is cancelled.
    func waitUntilExited() async { for await _ in exited {} }

    /// Asks it and what it started to end, and after a while makes it.
    func terminate() {
        guard ChildReaper.shared.signal(pid, SIGTERM) else { return }
        let pid = pid
        BackgroundThread.start {
            sleep(UInt32(Self.grace.components.seconds))
            _ = ChildReaper.shared.signal(pid, SIGKILL)
        }
    }
}
