import Glibc
import Synchronization

/// Starts children and reaps them: one thread in waitpid(2) for all.
///
/// A process number means a child only until it is reaped. Starting, reaping and signalling therefore
/// happen under one lock, and no signal ever reaches a stranger who got the number later.
final class ChildReaper: Sendable {
    static let shared = ChildReaper()

    struct Child {
        let pid: pid_t
        let input: CInt
        let output: CInt
        /// Finished when it has exited.
        let exited: AsyncStream<Void>
    }

    private let running = Mutex<[pid_t: AsyncStream<Void>.Continuation]>([:])
    /// One unit for each child started.
    private let started = Semaphore()

    private init() {
        BackgroundThread.start {
            while true {
                self.started.wait()
                self.reapOne()
            }
        }
    }

    func spawn(_ command: String) throws(Failure) -> Child {
        let (exited, continuation) = AsyncStream<Void>.makeStream()
        // Under the lock also because the pipes are made close-on-exec only after they exist: a
        // child spawned in between would hold them open.
        let result: Result<Child, Failure> = running.withLock { running in
            do throws(Failure) {
                let (pid, input, output) = try ShellCommand.start(command)
                running[pid] = continuation
                return .success(
                    Child(pid: pid, input: input, output: output, exited: exited)
                )
            } catch {
                return .failure(error)
            }
        }
        let child = try result.get()
        started.signal()
        return child
    }

    /// Signals a child and what it started; false when it has been reaped.
    func signal(_ pid: pid_t, _ signal: CInt) -> Bool {
        running.withLock { running in
            guard running[pid] != nil else { return false }
            kill(-pid, signal)
            return true
        }
    }

    private func reapOne() {
        var information = unsafe siginfo_t()
        // WNOWAIT: it stays a zombie, and its number taken, until the lock is held.
        while unsafe waitid(P_ALL, 0, &information, WEXITED | WNOWAIT) != 0 {
            if errno != EINTR { return }
        }
        let pid = unsafe information._sifields._sigchld.si_pid
        running.withLock { running in
            while waitpid(pid, nil, 0) < 0, errno == EINTR {}
            running.removeValue(forKey: pid)?.finish()
        }
    }
}
