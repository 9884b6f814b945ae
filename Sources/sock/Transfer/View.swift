internal import Escaping
import Glibc

/// How the bytes of one stream are shown on the standard output.
enum View {
    /// Every byte as it came.
    case exact
    /// For a terminal: what could command it is escaped.
    case escaped(Escaper)

    /// What the options ask for: bytes are exact wherever no terminal is.
    init(raw: Bool) {
        self = !raw && Terminal.isTerminal(STDOUT_FILENO) ? .escaped(Escaper(.obeyed)) : .exact
    }

    var isExact: Bool { if case .exact = self { true } else { false } }

    /// What to write for the next bytes.
    mutating func show(_ bytes: [UInt8]) -> [UInt8] {
        guard case .escaped(var escaper) = self else { return bytes }
        defer { self = .escaped(escaper) }
        return escaper.escape(bytes)
    }

    /// What to write at the end of the stream.
    mutating func finish() -> [UInt8] {
        guard case .escaped(var escaper) = self else { return [] }
        self = .escaped(Escaper(.obeyed))
        return escaper.finish()
    }
}
