import Testing

@testable import sock

struct LiveTableTests {
    @Test func linesAreDrawnOverThoseBefore() {
        var table = LiveTable()
        for (lines, text) in [
            (["a"], "a\u{1B}[K\n"), (["a", "b"], "\u{1B}[1A\ra\u{1B}[K\nb\u{1B}[K\n"),
            (["c"], "\u{1B}[2A\rc\u{1B}[K\n\u{1B}[K\n\u{1B}[1A"),
            ([], "\u{1B}[1A\r\u{1B}[K\n\u{1B}[1A"),
        ] {
            #expect(table.draw(lines, columns: 80, rows: 24) == text)
        }
    }

    @Test func nothingWrapsOrScrollsUntilTheEnd() {
        var table = LiveTable()
        let lines = (1...9).map { "line \($0)" }
        #expect(table.draw(lines, columns: 6, rows: 3) == "line 8\u{1B}[K\nline 9\u{1B}[K\n")
        #expect(table.draw(["too long"], columns: 3, rows: 3).contains("too\u{1B}[K\n"))
        let end = table.draw(lines, columns: 3, rows: nil)
        #expect(end.hasPrefix("\u{1B}[1A\rline 1\u{1B}[K\n") && end.hasSuffix("line 9\u{1B}[K\n"))
    }
}
