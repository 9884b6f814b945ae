internal import CProgram
import Glibc
import Sockets

/// A shell command that was started for a client: posix_spawn(3), in a process group of its own, so
/// that what a pipeline started ends with it.
///
/// Its number is ours, and so is the group's, until it is reaped: that is when the conversation is over,
/// not when the shell has exited, whose own children may go on. So no signal ever reaches a stranger who
/// got the number later.
final class ChildProcess: Sendable {
    /// Commands at a time; further clients wait in the kernel's queue.
    ///
    /// Arbitrary: each is a process that a stranger can start.
    static let countLimit = 256

    /// From SIGTERM to SIGKILL.
    ///
    /// Arbitrary; shorter than a command that is interrupted may take to end (``Interruption``).
    private static let grace = Duration.milliseconds(1500)

    /// How often it is looked whether a group that was told to end has ended.
    ///
    /// Arbitrary.
    private static let pause = Duration.milliseconds(20)

    /// Our end of its standard input, and of its standard output.
    ///
    /// Blocking, as a child expects its own; they are only spliced.
    let input: CInt
    let output: CInt

    private let pid: pid_t
    /// Its descriptor: readable when it has exited (pidfd_open(2), Linux 5.3).
    private let process: CInt
    private let state = Lock(State())

    private struct State {
        var inputIsOpen = true
        var isReaped = false
    }

    /// The groups that may be there, for the end of the process.
    private static let running = Lock<Set<pid_t>>([])

    init(shellCommand command: String) throws(Failure) {
        (pid, input, output) = try ShellCommand.start(command)
        Self.running.withLock { [pid] in _ = $0.insert(pid) }
        process = cprogram_open_process(pid)
        guard process >= 0 else {
            let error = SystemError(number: errno)
            kill(-pid, SIGKILL)
            reap()
            throw Failure(error, "watch a process")
        }
    }

    deinit {
        closeInput()
        close(output)
        if process >= 0 { close(process) }
    }

    /// The end of its standard input.
    func closeInput() {
        let wasOpen = state.withLock { state in
            defer { state.inputIsOpen = false }
            return state.inputIsOpen
        }
        if wasOpen { close(input) }
    }

    /// Until it has exited.
    func waitUntilExited(on loop: EventLoop) async throws(SocketError) {
        try await loop.wait(for: process, .reading)
    }

    /// Lets go of it, once it has exited: waitpid(2), which blocks until it has.
    ///
    /// What it started and left behind, and what is in no conversation with the client any more, may go on.
    func reap() {
        let mustReap = state.withLock { state in
            defer { state.isReaped = true }
            return !state.isReaped
        }
        guard mustReap else { return }
        // Before its number may be another's.
        Self.running.withLock { _ = $0.remove(pid) }
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }

    /// Asks it and all that it started to end, and after a while makes them.
    ///
    /// Goes on when the task is cancelled: it is what is done after that.
    func terminate(on loop: EventLoop) async {
        await Task { await self.end(on: loop) }.value
    }

    private func end(on loop: EventLoop) async {
        kill(-pid, SIGTERM)
        let end = Deadline.after(Self.grace)
        while !end.hasPassed {
            if hasExited {
                reap()
                // The group keeps its number while somebody is in it; and numbers are given out in a
                // circle, so that one is not given again within the grace.
                if kill(-pid, 0) != 0 { return }
            }
            try? await loop.sleep(until: .after(Self.pause))
        }
        kill(-pid, SIGKILL)
        reap()
    }

    /// Whether the shell itself has: waitid(2), which leaves it unreaped.
    private var hasExited: Bool {
        if state.withLock({ $0.isReaped }) { return true }
        var information = unsafe siginfo_t()
        let result = unsafe waitid(
            P_PID,
            id_t(pid),
            &information,
            WEXITED | WNOHANG | WNOWAIT
        )
        return unsafe result == 0 && information.si_signo == SIGCHLD
    }

    /// Ends all that are left, at the end of the process.
    static func killAll() {
        running.withLock { for pid in $0 { kill(-pid, SIGKILL) } }
    }
}
