import ChatCore
import Testing

@Suite struct NeutraliseTests {
    @Test(arguments: [
        ("hello", "hello"),
        ("tab\tstays", "tab\tstays"),
        ("\u{1B}[2J", "\\x1b[2J"),
        ("\u{1B}]0;title\u{07}", "\\x1b]0;title\\x07"),
        ("a\rb\nc", "a\\x0db\\x0ac"),
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("\0", "\\x00"),
        ("\u{7F}", "\\x7f"),
        ("\u{9B}2J", "\\x9b2J"),
        ("\u{85}", "\\x85"),
        ("\u{AD}", "\\xad"),
        ("\u{202E}evil", "\\u{202e}evil"),
        ("\u{2066}\u{2069}", "\\u{2066}\\u{2069}"),
        ("\u{61C}", "\\u{61c}"),
        ("\u{2028}", "\\u{2028}"),
        ("\u{FEFF}x\u{200B}", "\\u{feff}x\\u{200b}"),
        ("\\x1b", "\\x1b"),
        ("żółw 小明 é e\u{301}", "żółw 小明 é e\u{301}"),
        ("\u{1F469}\u{200D}\u{1F680}", "\u{1F469}\u{200D}\u{1F680}"),
        ("\u{A0}\u{AB}\u{2026}\u{1E9E}", "\u{A0}\u{AB}\u{2026}\u{1E9E}"),
        ("\u{1B}\u{301}", "\\x1b\u{301}"),
    ])
    func whatCouldSteerATerminalIsShown(_ text: String, _ shown: String) {
        #expect(Array(TextFace.neutralised(text).utf8) == Array(shown.utf8))
    }

    @Test func noControlOrBidiScalarOfAllUnicodeComesThroughAndGrowthIsBounded() {
        for value in 0...0x10FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = String(scalar)
            let shown = TextFace.neutralised(text)
            if shown == text {
                let category = scalar.properties.generalCategory
                if category == .control, value != 9 { Issue.record("U+\(value) came through") }
                if category == .lineSeparator || category == .paragraphSeparator {
                    Issue.record("U+\(value) came through")
                }
                if (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) {
                    Issue.record("U+\(value) came through")
                }
            } else if shown.utf8.count > 4 * text.utf8.count
                || !shown.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
            {
                Issue.record("U+\(value) is shown as \(shown)")
            }
        }
    }
}
