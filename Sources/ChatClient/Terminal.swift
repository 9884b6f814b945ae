internal import CLinux
internal import Glibc
internal import Synchronization

/// The terminal of this process, as far as a chat needs it: termios(3), TIOCGWINSZ of ioctl_tty(2),
/// read(2), write(2) and the signals of job control.
///
/// The only file that knows of them; what must run in a signal handler is CLinux's `terminal.c`.
enum Terminal {
    static let input: CInt = STDIN_FILENO
    static let output: CInt = STDOUT_FILENO

    /// The width that is assumed where nobody knows it: that of a VT100.
    private static let usualColumnCount = 80

    /// Whether a person can edit lines here.
    static var isInteractive: Bool { isatty(input) == 1 && isatty(output) == 1 }

    /// Whether colours are welcome: a terminal that has them, and no NO_COLOR (no-color.org).
    static var wantsColour: Bool {
        isatty(output) == 1 && variable("TERM") != "dumb" && (variable("NO_COLOR") ?? "").isEmpty
    }

    static var columnCount: Int {
        var size = winsize()
        guard unsafe ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return usualColumnCount
        }
        return Int(size.ws_col)
    }

    /// Has every key come as its bytes, at once and not shown, until ``endRawMode()``.
    ///
    /// Whatever stops or ends the process gives the terminal back as it was; when it goes on, the
    /// terminal is raw again and ``resumptions`` tells. A process that exits is helped by atexit(3).
    ///
    /// - Parameters:
    ///   - entering: What is written when the process goes on.
    ///   - leaving: What is written when it stops or dies.
    /// - Returns: False when it cannot be done.
    static func beginRawMode(entering: StaticString, leaving: StaticString) -> Bool {
        let result = unsafe clinux_terminal_hold(
            input,
            output,
            UnsafeRawPointer(entering.utf8Start).assumingMemoryBound(to: CChar.self),
            UnsafeRawPointer(leaving.utf8Start).assumingMemoryBound(to: CChar.self)
        )
        guard result >= 0 else { return false }
        if resumptions.exchange(result, ordering: .relaxed) < 0 {
            atexit { Terminal.endRawMode() }
        }
        return true
    }

    /// Makes the terminal what it was.
    ///
    /// Any number of times.
    static func endRawMode() { clinux_terminal_release() }

    /// Of eventfd(2): counts how often the process was continued; negative before raw mode.
    static let resumptions = Atomic<CInt>(-1)

    /// Whether this process, and not a shell in front of it, has the terminal.
    static var isForeground: Bool { clinux_terminal_is_foreground() != 0 }

    /// Makes the terminal raw again after the process was continued, and stops until it is in the
    /// foreground (SIGTTOU).
    static func resumeRawMode() { _ = clinux_terminal_resume() }

    /// What the terminal itself does with a key that is a signal: the whole job gets it, as a shell's
    /// script that waits for this process must stop with it.
    static func send(_ signal: CInt) { kill(0, signal) }

    /// Writes all bytes to the standard output; blocks while it is full.
    ///
    /// False when nobody reads it.
    static func write(_ bytes: [UInt8]) -> Bool {
        var count = 0
        while count < bytes.count {
            let result = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(
                    output,
                    $0.baseAddress.unsafelyUnwrapped + count,
                    $0.count - count
                )
            }
            if result >= 0 {
                count += result
            } else if errno == EAGAIN {
                // Somebody else made the terminal non-blocking; it is theirs too.
                var descriptor = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&descriptor, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
