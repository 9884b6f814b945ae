import ArgumentParser
import Glibc
internal import Sockets
import Synchronization

/// A command that ends by its own means on ^C and SIGTERM.
protocol InterruptibleCommand: AsyncParsableCommand {}

/// ^C, SIGTERM and the terminal's hang-up, passed by a handler through a pipe to a thread.
///
/// Blocking the signals and waiting for them would need no handler, but the runtime parks the main
/// thread in sigsuspend(2) with all of them let in.
enum Interruption {
    /// How long a command may take to end by itself; then, or at a second signal, the process exits.
    ///
    /// Arbitrary: a person waits so long without wondering.
    private static let graceMilliseconds: CInt = 2000

    /// The end of the pipe that the thread reads.
    private static let reading = Atomic<CInt>(-1)

    /// Makes the pipe; until a command watches, a signal still ends the process at once.
    ///
    /// - Throws: A failure where there is no descriptor left: nothing could be ended kindly then.
    static func prepare() throws(Failure) {
        let pipe = try ShellCommand.pipe()
        // A handler never waits; what does not fit are thousands of signals that nobody looked at.
        _ = fcntl(pipe.write, F_SETFL, O_NONBLOCK)
        reading.store(pipe.read, ordering: .relaxed)
        unsafe signalPipe = pipe.write
    }

    /// Takes the signals over.
    ///
    /// ^C and a hang-up that the parent had us ignore stay ignored: nohup(1) is to protect from the one,
    /// and a script's jobs with `&` from the other (POSIX, Shell Command Language, 2.11), and what they
    /// were told is also what their children are told. SIGTERM always ends us.
    private static func takeAll() {
        for number in [SIGINT, SIGHUP] where !isIgnored(number) { take(number) }
        take(SIGTERM)
    }

    private static func take(_ number: CInt) {
        signal(number) { number in
            // Only what signal-safety(7) allows; the number fits a byte.
            let before = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = unsafe write(signalPipe, &byte, 1)
            errno = before
        }
    }

    /// What a hang-up means from now on, in place of the end: servers read their files again.
    ///
    /// Called on a thread that may block.
    static func onHangUp(_ action: @escaping @Sendable () -> Void) {
        hangUp.withLock { $0 = action }
        // Also where the parent had us ignore it: who sends it to a server means this.
        take(SIGHUP)
    }

    private static let hangUp = Lock<(@Sendable () -> Void)?>(nil)

    /// Runs `body` in a task that is cancelled by the first signal.
    ///
    /// - Parameters:
    ///   - status: What a signal means for the shell.
    ///   - body: What to run.
    /// - Throws: The error of `body`, or after a signal a quiet failure with that status.
    static func watching(
        _ status: @escaping @Sendable (CInt) -> ExitStatus,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        takeAll()
        let caught = Caught()
        let task = Task { try await body() }
        try BackgroundThread.start {
            var signal = next(within: -1)
            while signal == SIGHUP, let action = hangUp.withLock({ $0 }) {
                action()
                signal = next(within: -1)
            }
            caught.signal.store(signal, ordering: .releasing)
            task.cancel()
            _ = next(within: graceMilliseconds)
            ProgramEnd.exit(status(signal))
        }
        let result = await task.result
        let signal = caught.signal.load(ordering: .acquiring)
        if signal != 0 { throw Failure(status(signal)) }
        try result.get()
    }

    /// The signals as they come, for a server that ends in steps.
    ///
    /// - Parameter takesHangUp: Whether SIGHUP means something else than the end, and so is taken where the
    ///   parent had us ignore it, too.
    /// - Returns: Their numbers, without end.
    /// - Throws: A failure where no thread can be started.
    static func signals(takesHangUp: Bool = false) throws(Failure) -> AsyncStream<CInt> {
        takeAll()
        let (signals, continuation) = AsyncStream<CInt>.makeStream()
        if takesHangUp { take(SIGHUP) }
        try BackgroundThread.start { while true { continuation.yield(next(within: -1)) } }
        return signals
    }

    private final class Caught: Sendable {
        let signal = Atomic<CInt>(0)
    }

    /// Waits for a signal; zero when none came in time.
    private static func next(within milliseconds: CInt) -> CInt {
        let pipe = reading.load(ordering: .relaxed)
        var entry = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        var count: CInt = -1
        while count < 0 { count = unsafe poll(&entry, 1, milliseconds) }
        guard count > 0, case .success(let bytes) = Blocking.read(pipe, atMost: 1) else { return 0 }
        return bytes.first.map { CInt($0) } ?? 0
    }

    private static func isIgnored(_ number: CInt) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == 1  // SIG_IGN
    }
}

// Written once, before the handlers that read it are there.
nonisolated(unsafe) private var signalPipe: CInt = -1
