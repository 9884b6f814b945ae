internal import Escaping

extension TextFace {
    /// A peer's text with everything that could steer a terminal made visible.
    ///
    /// Controls (C0 but tab, DEL, C1), bidi controls, line separators and invisible characters are
    /// written as `\x1b` or `\u{202e}`. Joiners and variation selectors stay where emoji and several
    /// scripts need them. The result is at most four times as long.
    ///
    /// The writing is for eyes, not for reading back: a peer may type `\x1b` too.
    public static func neutralised(_ text: String) -> String { text.escaped(.tab) }
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
