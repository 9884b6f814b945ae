import Testing

@testable import ChatClient

/// The keys that are signals on a terminal that is not raw.
struct SignalKeyTests {
    private func outcome(of bytes: [UInt8], in editor: inout LineEditor) -> [LineEditor.Outcome] {
        bytes.compactMap { editor.feed($0).outcome }
    }

    @Test func suspendAndQuitLeaveTheLineAsItIs() {
        var editor = LineEditor(columnCount: 80)
        #expect(outcome(of: Array("half".utf8), in: &editor) == [])
        #expect(outcome(of: [0x1A], in: &editor) == [.suspend])
        #expect(outcome(of: [0x1C], in: &editor) == [.quit])
        #expect(outcome(of: [0x03], in: &editor) == [.interrupt])
        #expect(editor.line == "half")
        #expect(String(decoding: editor.show(), as: UTF8.self).contains("> half"))
    }

    @Test func inAPasteTheyAreNothing() {
        var editor = LineEditor(columnCount: 80)
        let paste = Array("\u{1B}[200~a".utf8) + [0x1A, 0x1C, 0x03] + Array("b\u{1B}[201~".utf8)
        #expect(outcome(of: paste, in: &editor) == [])
        #expect(editor.line == "ab")
        #expect(outcome(of: [0x1A], in: &editor) == [.suspend])
    }

    @Test func otherControlsAreNothing() {
        var editor = LineEditor(columnCount: 80)
        for byte in [0x00, 0x1D, 0x1E, 0x1F] as [UInt8] {
            #expect(outcome(of: [byte], in: &editor) == [])
        }
        #expect(editor.line.isEmpty)
    }
}
