import Glibc

/// What is known of the terminal, if there is one.
enum Terminal {
    static func isTerminal(_ descriptor: CInt) -> Bool { isatty(descriptor) == 1 }

    /// Whether colours are welcome there: a terminal that can, and nobody who said NO_COLOR
    /// (https://no-color.org: set and not empty).
    static func wantsColour(_ descriptor: CInt) -> Bool {
        guard isTerminal(descriptor), variable("TERM") != "dumb" else { return false }
        return (variable("NO_COLOR") ?? "").isEmpty
    }

    /// Its size in characters; that of a VT100 where nobody knows.
    static func size(_ descriptor: CInt) -> (columns: Int, rows: Int) {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
            size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
