import Testing

@testable import sock

@Suite struct DatagramLinesTests {
    /// Takes the text cut at every place into two, and says what came of it.
    private func lines(_ text: String, limit: Int) -> [DatagramLines.Line] {
        let bytes = Array(text.utf8)
        var whole = DatagramLines(limit: limit)
        let expected = whole.take(bytes) + whole.finish()
        for cut in 0...bytes.count {
            var lines = DatagramLines(limit: limit)
            var result = lines.take(Array(bytes[..<cut]))
            result += lines.take(Array(bytes[cut...]))
            #expect(result + lines.finish() == expected)
        }
        return expected
    }

    private func line(_ text: String) -> DatagramLines.Line { .whole(Array(text.utf8)) }

    @Test func linesKeepTheirNewlines() {
        #expect(
            lines("a\n\nbc\nd", limit: 3) == [line("a\n"), line("\n"), line("bc\n"), line("d")]
        )
        #expect(lines("", limit: 3) == [])
    }

    @Test func aLineThatIsTooLongIsDroppedWhole() {
        #expect(lines("abcde\nf\n", limit: 5) == [.tooLong(6), line("f\n")])
        #expect(lines("abcd\nfghijk", limit: 5) == [line("abcd\n"), .tooLong(6)])
    }
}
