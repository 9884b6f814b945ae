import Testing

@testable import ChatClient

/// The bytes that reach the terminal, literally.
@Suite struct LineEditorDrawingTests {
    @Test func startsAndStops() {
        let editor = LineEditor(prompt: "> ", columnCount: 20)
        #expect(editor.start() == Array("\u{1B}[?2004h\r> \u{1B}[K\r\u{1B}[2C".utf8))
        #expect(editor.stop() == Array("\r\u{1B}[K\u{1B}[?2004l".utf8))
        #expect(editor.hide() == Array("\r\u{1B}[K".utf8))
    }

    @Test func drawsTheLineAndPutsTheCursorInIt() {
        var typist = Typist()
        typist.type("ab")
        #expect(
            typist.drawing() == "\r> a\u{1B}[K\r\u{1B}[3C" + "\r> ab\u{1B}[K\r\u{1B}[4C")
        typist.type("\u{1B}[D")
        #expect(typist.drawing() == "\r> ab\u{1B}[K\r\u{1B}[3C")
    }

    @Test func printsAboveTheLine() {
        var typist = Typist()
        typist.type("half")
        let drawing = String(decoding: typist.editor.print("one\ntwo"), as: UTF8.self)
        #expect(drawing == "\r\u{1B}[Kone\r\ntwo\r\n\r> half\u{1B}[K\r\u{1B}[6C")
    }

    @Test func enterLeavesTheWholeLineOnTheScreen() {
        var typist = Typist(columnCount: 8)
        typist.type("abcdefghij")
        _ = typist.drawing()
        typist.type("\r")
        #expect(typist.drawing() == "\r\u{1B}[K> abcdefghij\r\n\r> \u{1B}[K\r\u{1B}[2C")
        #expect(typist.outcomes == [.line("abcdefghij")])
    }

    @Test func showsThePartAroundTheCursorOfALongLine() {
        var typist = Typist(columnCount: 8)  // five columns for text: the last stays free
        typist.type("abcdefgh")
        _ = typist.drawing()
        #expect(typist.editor.visible() == ("> efgh", 6))
        typist.type("\u{1}")
        #expect(typist.drawing() == "\r> abcde\u{1B}[K\r\u{1B}[2C")
    }

    @Test func aNarrowTerminalLosesThePromptFirst() {
        var typist = Typist(columnCount: 4)
        typist.type("abc")
        #expect(typist.editor.visible() == ("bc", 2))
        typist.editor.columnCount = 1
        #expect(typist.editor.visible() == ("", 0))
    }

    @Test func wideCharactersTakeTwoColumnsAndMarksNone() {
        var typist = Typist()
        typist.type("漢e\u{301}👍🏽")
        #expect(typist.editor.text.count == 3)
        #expect(typist.editor.visible() == ("> 漢e\u{301}👍🏽", 7))
        var narrow = Typist(columnCount: 8)
        narrow.type("漢字漢字")
        #expect(narrow.editor.visible() == ("> 漢字", 6))
    }

    @Test func clearingDrawsEverythingAnew() {
        var typist = Typist()
        typist.type("a")
        _ = typist.drawing()
        typist.type("\u{C}")
        #expect(typist.drawing() == "\u{1B}[H\u{1B}[2J\r> a\u{1B}[K\r\u{1B}[3C")
    }

    @Test func whatCannotBeDoneRingsTheBell() {
        var typist = Typist(sizeLimit: 3)
        typist.type("\u{7F}\u{1B}[D\u{1B}[C\u{1B}[A\t")
        #expect(typist.drawing() == "\u{7}\u{7}\u{7}\u{7}\u{7}")
        typist.type("äx")
        _ = typist.drawing()
        typist.type("y")
        #expect(typist.drawing() == "\u{7}")
        #expect(typist.editor.line == "äx")
    }
}
