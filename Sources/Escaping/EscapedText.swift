extension Unicode.Scalar {
    /// The scalar by its number, as ``Escaper`` shows it: `\x1b`, `\u{202e}`.
    package var escape: String {
        let digits = String(value, radix: 16)
        guard value < 0x100 else { return "\\u{\(digits)}" }
        return value < 0x10 ? "\\x0\(digits)" : "\\x\(digits)"
    }
}

extension String {
    /// The text as ``Escaper`` shows it; the same one where nothing needs an escape.
    package func escaped(_ layout: Escaper.Layout) -> String {
        guard utf8.contains(where: { Self.mayNeedEscape($0, layout) }) else { return self }
        return Array(utf8).escaped(layout)
    }

    /// Whether a byte is one that may be escaped, or begins a scalar that may: most text has none.
    private static func mayNeedEscape(_ byte: UInt8, _ layout: Escaper.Layout) -> Bool {
        switch byte {
        case UInt8(ascii: "\t"): layout == .line
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): layout != .obeyed
        case 0x00..<0x20, 0x7F: true
        // Lead bytes of what Appearance names: U+0080, 0340, 0600, 1000, 2000, 3000, F000 and on.
        case 0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3: true
        default: false
        }
    }
}

extension [UInt8] {
    /// The bytes as ``Escaper`` shows them: those that are no UTF-8 as `\xff`.
    package func escaped(_ layout: Escaper.Layout) -> String {
        var escaper = Escaper(layout)
        return String(decoding: escaper.escape(self) + escaper.finish(), as: UTF8.self)
    }
}
