internal import ChatCore

/// A line from the server, made fit for a terminal.
///
/// The server neutralises what its members write; it is not trusted to, since it may be any program.
struct ServerLine {
    /// The line, without anything that could steer a terminal; bytes that are no UTF-8 are shown as
    /// U+FFFD.
    let text: String

    init(_ bytes: [UInt8]) { text = TextFace.neutralised(String(decoding: bytes, as: UTF8.self)) }

    /// The line with a little colour: what the chat itself says and what was said before is dim, what
    /// is for oneself alone is bold.
    var coloured: String {
        if text.hasPrefix("* ") || text.hasPrefix("~ ") { return "\u{1B}[2m\(text)\u{1B}[m" }
        if text.hasPrefix("-") { return "\u{1B}[1m\(text)\u{1B}[m" }
        return text
    }
}
