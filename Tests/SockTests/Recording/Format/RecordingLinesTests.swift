import Testing

@testable import sock

@Suite struct RecordingLinesTests {
    private func lines(_ pieces: [ArraySlice<UInt8>]) throws -> [RecordingLines.Line] {
        var reader = RecordingLines()
        var lines: [RecordingLines.Line] = []
        for piece in pieces {
            reader.append(piece)
            while let line = try reader.next() { lines.append(line) }
        }
        if let line = reader.last() { lines.append(line) }
        return lines
    }

    @Test func linesAreTheSameAtEverySplit() throws {
        let text = Array("first\n\nthird line\nno newline".utf8)
        let whole = try lines([text[...]])
        #expect(
            whole.map { String(decoding: $0.text, as: UTF8.self) } == [
                "first", "", "third line", "no newline",
            ]
        )
        #expect(whole.map(\.number) == [1, 2, 3, 4])
        #expect(whole.map(\.offset) == [0, 6, 7, 18])
        #expect(whole.map(\.isWhole) == [true, true, true, false])
        for first in 0...text.count {
            for second in first...text.count {
                let split = try lines([text[..<first], text[first..<second], text[second...]])
                #expect(split == whole)
            }
        }
    }

    @Test func aLineHasALimitWhetherItEndsOrNot() {
        let most = [UInt8](repeating: 0x61, count: RecordingLines.lineSizeLimit)
        let error = RecordingError(line: 2, what: "the line is longer than 524288 bytes")
        #expect(throws: Never.self) { try lines([[0x0A], most[...], [0x0A]]) }
        #expect(throws: error) { try lines([[0x0A], most[...], [0x61]]) }
        #expect(throws: error) { try lines([[0x0A], most[...], [0x61, 0x0A]]) }
    }

    @Test func readingBeginsInTheMiddle() throws {
        var reader = RecordingLines(from: 7, offset: 100)
        reader.append(Array("x\ny\n".utf8))
        #expect(try reader.next()?.number == 7)
        let line = try reader.next()
        #expect(line?.number == 8)
        #expect(line?.offset == 102)
        #expect(try reader.next() == nil)
        #expect(reader.last() == nil)
    }
}
