extension String {
    /// A peer's words in a line of ours: what could command a terminal, and what would end the line, is
    /// escaped.
    var printable: String {
        var escaper = TerminalEscaper()
        let escaped = escaper.escape(utf8) + escaper.finish()
        return String(decoding: escaped, as: UTF8.self)
            .replacing("\r\n", with: "\\r\\n").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r").replacing("\t", with: " ")
    }
}
