internal import Escaping

extension BytePath {
    /// The path in a line of ours: what is not UTF-8 escaped, what could command a terminal, and what
    /// nobody could see.
    package var printable: String { bytes.escaped(.line) }
}
