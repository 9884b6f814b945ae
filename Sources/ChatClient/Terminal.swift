internal import Glibc
internal import Sockets

/// The terminal of this process, as far as a chat needs it: termios(3), TIOCGWINSZ of ioctl_tty(2),
/// read(2) and write(2).
///
/// The only file that knows of them.
enum Terminal {
    static let input: CInt = STDIN_FILENO
    static let output: CInt = STDOUT_FILENO

    /// The width that is assumed where nobody knows it: that of a VT100.
    private static let usualColumnCount = 80

    /// What the terminal was like before ``beginRawMode()``, as long as it is raw.
    private static let saved = Lock<termios?>(nil)

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

    /// Has every key come as its bytes, at once and not shown.
    ///
    /// False when it cannot be done.
    ///
    /// The way out is ``endRawMode()``; a process that exits without it is helped by atexit(3).
    static func beginRawMode() -> Bool {
        var mode = termios()
        guard unsafe tcgetattr(input, &mode) == 0 else { return false }
        let isFirst = saved.withLock { saved in
            defer { if saved == nil { saved = mode } }
            return saved == nil
        }
        if isFirst { atexit { Terminal.endRawMode() } }
        unsafe cfmakeraw(&mode)
        mode.c_oflag |= tcflag_t(OPOST)  // what others print here keeps its line ends
        return unsafe tcsetattr(input, TCSADRAIN, &mode) == 0
    }

    /// Makes the terminal what it was.
    ///
    /// Any number of times.
    static func endRawMode() {
        saved.withLock { saved in
            guard var mode = saved else { return }
            saved = nil
            _ = unsafe tcsetattr(input, TCSADRAIN, &mode)
        }
    }

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
