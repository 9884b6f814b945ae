extension TextFace {
    /// A peer's text with everything that could steer a terminal made visible.
    ///
    /// Controls (C0 but tab, DEL, C1), bidi controls, line separators and invisible format
    /// characters are written as `\x1b` or `\u{202e}`. The zero-width joiners stay, since
    /// emoji and several scripts need them. The result is at most four times as long.
    ///
    /// The writing is for eyes, not for reading back: a peer may type `\x1b` too.
    public static func neutralised(_ text: String) -> String {
        guard text.utf8.contains(where: mayNeedEscape) else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            if needsEscape(scalar) {
                result += escape(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether a scalar must not reach a terminal as it is.
    static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: false  // a tab only moves to the right
        case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1: some terminals obey C1 in UTF-8
        case 0xAD, 0x180E, 0x200B, 0xFEFF: true  // seen as nothing, or as a break
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E: true  // bidi marks, embeddings, overrides
        case 0x2060...0x206F: true  // word joiner, invisible operators, bidi isolates
        case 0x2028, 0x2029: true  // line and paragraph separator
        case 0xFFF9...0xFFFB: true  // interlinear annotation: hides text
        default: false
        }
    }

    /// Whether a byte is or begins a scalar that ``needsEscape(_:)`` may name: most text has
    /// none and is passed on untouched.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09: false
        case 0x00...0x1F, 0x7F: true
        case 0xC2, 0xD8, 0xE1, 0xE2, 0xEF: true  // lead bytes of U+0080, 0600, 1000, 2000, F000
        default: false
        }
    }

    static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        guard scalar.value < 0x100 else { return "\\u{\(digits)}" }
        return digits.utf8.count < 2 ? "\\x0\(digits)" : "\\x\(digits)"
    }
}

/// A count as people read it: `9,876`.
func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude).utf8)
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
        text.unicodeScalars.append(Unicode.Scalar(digit))
    }
    return text
}
