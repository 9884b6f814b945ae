internal import Escaping

extension String {
    /// A peer's words in a line of ours: what could command a terminal, what would end the line, and what
    /// nobody could see is escaped.
    var printable: String { escaped(.line) }
}
