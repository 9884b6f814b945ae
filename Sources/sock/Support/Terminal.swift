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

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
