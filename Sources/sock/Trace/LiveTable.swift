/// Lines on a terminal that are drawn again in place, as the control sequences of ECMA-48 have it:
/// cursor up (CUU) and erase to the end of the line (EL).
struct LiveTable {
    /// How many lines were drawn last, above the cursor.
    private var drawn = 0

    /// The text that draws lines over those drawn before.
    ///
    /// - Parameters:
    ///   - lines: Printable characters only, one column each.
    ///   - columns: Longer lines are cut, for one that wraps would be two.
    ///   - rows: Only the last lines that fit are drawn; nil for all, when it is the last time.
    /// - Returns: What to write.
    mutating func draw(_ lines: [String], columns: Int, rows: Int?) -> String {
        let shown = rows.map { lines.suffix(max(1, $0 - 1)) } ?? lines[...]
        var text = drawn > 0 ? "\u{1B}[\(drawn)A\r" : ""
        for line in shown { text += line.prefix(rows == nil ? Int.max : columns) + "\u{1B}[K\n" }
        // What was drawn below is no longer there.
        if shown.count < drawn {
            let rest = drawn - shown.count
            text += String(repeating: "\u{1B}[K\n", count: rest) + "\u{1B}[\(rest)A"
        }
        drawn = shown.count
        return text
    }
}
