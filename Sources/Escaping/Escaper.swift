/// Makes a peer's bytes safe to show: what could command a terminal, and what a reader could not see
/// or would see in another order, is written out.
///
/// A scalar that ``DisguiseScan`` tells of is shown as `\x1b` below U+0100, as `\u{202e}` above; a byte
/// that is no UTF-8 (Unicode 16, table 3-7) as `\xff`. The result is at most four times as long as the
/// bytes. It is for eyes, not for reading back: a peer may write `\x1b` in letters too.
///
/// Bytes come in pieces that may be cut anywhere: the beginning of a character, at most three bytes, is
/// held back until its rest has come.
///
///     var escaper = Escaper(.obeyed)
///     write(escaper.escape(piece))
///     write(escaper.finish())
package struct Escaper: Sendable {
    /// What becomes of newlines, carriage returns and tabs.
    package enum Layout: Sendable {
        /// They are passed on: the bytes are a screen of their own.
        case obeyed
        /// Words in a line of ours: `\n`, `\r`, and a space for a tab.
        case line
        /// A line of a conversation: a tab stays, which only moves to the right.
        case tab
    }

    private let layout: Layout
    private var scan = DisguiseScan()
    private var partial = PartialScalar()

    package init(_ layout: Layout) { self.layout = layout }

    /// What to show for the characters that are complete.
    ///
    /// Plain ASCII comes back as it is, without a copy.
    package mutating func escape(_ bytes: [UInt8]) -> [UInt8] {
        guard let last = bytes.last else { return [] }
        if partial.isEmpty, bytes.allSatisfy(isPlain) {
            _ = scan.isDisguise(Unicode.Scalar(last))
            return bytes
        }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8 + 16)
        for byte in bytes { take(byte, &output) }
        return output
    }

    /// At the end of the bytes: what is still held back.
    package mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        flush(&output)
        scan.restart()
        return output
    }

    /// Whether a byte is a character that is shown as it is, wherever it stands.
    private func isPlain(_ byte: UInt8) -> Bool {
        if byte >= 0x20 { return byte < 0x7F }
        switch byte {
        case UInt8(ascii: "\t"): return layout != .line
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return layout == .obeyed
        default: return false
        }
    }

    private mutating func take(_ byte: UInt8, _ output: inout [UInt8]) {
        if !partial.isEmpty {
            if partial.append(byte) {
                if let scalar = partial.scalar { show(scalar, &output) }
                return
            }
            flush(&output)
        }
        if isPlain(byte) {
            _ = scan.isDisguise(Unicode.Scalar(byte))
            output.append(byte)
        } else if byte < 0x80 {
            scan.restart()
            escapeControl(byte, &output)
        } else if !partial.begin(byte) {
            scan.restart()
            Self.append(byte, &output)
        }
    }

    private mutating func show(_ scalar: Unicode.Scalar, _ output: inout [UInt8]) {
        if scan.isDisguise(scalar) {
            output += Array(scalar.escape.utf8)
        } else {
            partial.bytes(&output)
        }
        partial = PartialScalar()
    }

    private mutating func flush(_ output: inout [UInt8]) {
        guard !partial.isEmpty else { return }
        scan.restart()
        var bytes: [UInt8] = []
        partial.bytes(&bytes)
        for byte in bytes { Self.append(byte, &output) }
        partial = PartialScalar()
    }

    private func escapeControl(_ byte: UInt8, _ output: inout [UInt8]) {
        switch (layout, byte) {
        case (.line, UInt8(ascii: "\n")): output += Array("\\n".utf8)
        case (.line, UInt8(ascii: "\r")): output += Array("\\r".utf8)
        case (.line, UInt8(ascii: "\t")): output.append(UInt8(ascii: " "))
        default: Self.append(byte, &output)
        }
    }

    private static func append(_ byte: UInt8, _ output: inout [UInt8]) {
        output += Array(Unicode.Scalar(byte).escape.utf8)
    }
}
