/// Makes a peer's bytes safe to show: what could command a terminal is shown as `\x1b`.
///
/// Shown as it is: printable ASCII, newline, tab, carriage return, and well-formed UTF-8 (Unicode
/// 16, table 3-7) other than the controls U+0080–U+009F, which some terminals obey in either coding.
/// Everything else is escaped byte by byte. A character that is split between two pieces is held
/// back until its rest has come.
struct TerminalEscaper {
    /// The beginning of a character whose rest has not come: at most three bytes.
    private var pending: [UInt8] = []

    /// The text for the bytes that are complete.
    mutating func escape(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes { take(byte, &output) }
        return output
    }

    /// At the end of the stream: what is still held back.
    mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        flushPending(&output)
        return output
    }

    private mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
        if let lead = pending.first {
            if Self.continues(byte, lead: lead, index: pending.count) {
                pending.append(byte)
                if pending.count == Self.length(lead: lead) { complete(&output) }
                return
            }
            flushPending(&output)
        }
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x20..<0x7F:
            output.append(byte)
        case 0xC2...0xF4: pending.append(byte)
        default: Self.appendEscape(byte, &output)
        }
    }

    private mutating func complete(_ output: inout [UInt8]) {
        if pending[0] == 0xC2, pending[1] < 0xA0 {
            flushPending(&output)
        } else {
            output += pending
            pending.removeAll(keepingCapacity: true)
        }
    }

    private mutating func flushPending(_ output: inout [UInt8]) {
        for byte in pending { Self.appendEscape(byte, &output) }
        pending.removeAll(keepingCapacity: true)
    }

    private static func length(lead: UInt8) -> Int {
        lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    }

    /// Whether a byte may stand at an index of a character: the second is narrower for some leads,
    /// which keeps out overlong forms, surrogates and what is past U+10FFFF.
    private static func continues(_ byte: UInt8, lead: UInt8, index: Int) -> Bool {
        guard index == 1 else { return 0x80...0xBF ~= byte }
        return switch lead {
        case 0xE0: 0xA0...0xBF ~= byte
        case 0xED: 0x80...0x9F ~= byte
        case 0xF0: 0x90...0xBF ~= byte
        case 0xF4: 0x80...0x8F ~= byte
        default: 0x80...0xBF ~= byte
        }
    }

    private static func appendEscape(_ byte: UInt8, _ output: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        output += Array("\\x".utf8)
        output += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
