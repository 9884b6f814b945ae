import ArgumentParser
import Glibc
import Synchronization

/// A command that ends by its own means on ^C and SIGTERM.
protocol InterruptibleCommand: AsyncParsableCommand {}

/// ^C, SIGTERM and the terminal's hang-up, received by a thread that waits for them.
///
/// Waiting needs no handler, in which nearly nothing would be allowed (signal-safety(7)).
enum Interruption {
    /// How long a command may take to end by itself; then, or at a second signal, the process exits.
    /// Arbitrary: a person waits so long without wondering.
    private static let grace = Duration.seconds(2)

    private static let blocked = Mutex<[CInt]>([])

    /// Blocks the signals for this thread and those it starts, and makes writing to a closed pipe
    /// an error of the call. The first thing of the process.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        // One that the parent had us ignore (nohup, a background job of sh) stays ignored.
        let signals = [SIGINT, SIGTERM, SIGHUP].filter { !isIgnored($0) }
        var set = mask(signals)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        blocked.withLock { $0 = signals }
    }

    /// Runs `body` in a task that is cancelled by the first signal.
    ///
    /// - Parameter status: What a signal means for the shell.
    /// - Throws: The error of `body`, or after a signal a quiet failure with that status.
    static func watching(
        _ status: @escaping @Sendable (CInt) -> ExitStatus,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let caught = Caught()
        let task = Task { try await body() }
        BackgroundThread.start {
            let signal = wait(nil)
            caught.signal.store(signal, ordering: .releasing)
            task.cancel()
            _ = wait(grace)
            exit(status(signal).code)
        }
        let result = await task.result
        let signal = caught.signal.load(ordering: .acquiring)
        if signal != 0 { throw Failure(status(signal)) }
        try result.get()
    }

    private final class Caught: Sendable {
        let signal = Atomic<CInt>(0)
    }

    /// Waits for one of the signals, at most for `limit`.
    private static func wait(_ limit: Duration?) -> CInt {
        var set = mask(blocked.withLock { $0 })
        while true {
            var signal: CInt = 0
            if let limit {
                var time = timespec(tv_sec: Int(limit.components.seconds), tv_nsec: 0)
                signal = unsafe sigtimedwait(&set, nil, &time)
                if signal > 0 || errno == EAGAIN { return signal }
            } else if unsafe sigwait(&set, &signal) == 0 {
                return signal
            }
        }
    }

    private static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == 1  // SIG_IGN
    }

    private static func mask(_ signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        return set
    }
}
