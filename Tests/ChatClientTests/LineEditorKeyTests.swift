import Testing

@testable import ChatClient

@Suite struct LineEditorKeyTests {
    struct Typing: CustomTestStringConvertible {
        let keys: String
        let line: String
        let cursor: Int

        init(_ keys: String, _ line: String, _ cursor: Int) {
            self.keys = keys
            self.line = line
            self.cursor = cursor
        }

        var testDescription: String { keys.debugDescription }
    }

    static let typings = [
        Typing("hello", "hello", 5),
        Typing("héllo 漢字 🎉", "héllo 漢字 🎉", 10),
        Typing("ab\u{7F}c", "ac", 2),
        Typing("ab\u{8}c", "ac", 2),
        // Arrows, in both of their forms.
        Typing("ac\u{1B}[Db", "abc", 2),
        Typing("ac\u{1B}ODb", "abc", 2),
        Typing("ab\u{1B}[D\u{1B}[D\u{1B}[Cx", "axb", 2),
        Typing("ab\u{2}\u{2}\u{6}x", "axb", 2),
        // Home and end, in all of theirs.
        Typing("bc\u{1B}[Ha", "abc", 1),
        Typing("bc\u{1B}[1~a", "abc", 1),
        Typing("bc\u{1}a\u{5}d", "abcd", 4),
        Typing("bc\u{1B}OH\u{1B}OFd", "bcd", 3),
        Typing("bc\u{1B}[7~\u{1B}[8~d", "bcd", 3),
        Typing("bc\u{1B}[H\u{1B}[4~d", "bcd", 3),
        // Deleting.
        Typing("abc\u{1}\u{1B}[3~", "bc", 0),
        Typing("abc\u{1}\u{4}", "bc", 0),
        Typing("abc def\u{1}\u{B}", "", 0),
        Typing("abc def\u{15}x", "x", 1),
        Typing("abc def  \u{17}x", "abc x", 5),
        Typing("abc\u{1B}[D\u{B}", "ab", 2),
        // A mark belongs to the letter before it, whatever was moved meanwhile.
        Typing("e\u{301}x\u{7F}\u{7F}", "", 0),
        Typing("ex\u{1B}[D\u{301}", "e\u{301}x", 1),
        Typing("👩\u{200D}👧\u{7F}", "", 0),
        // Sequences nobody knows, and keys that mean nothing here.
        Typing("a\u{1B}[15~\u{1B}[1;5Pb\u{1B}xc\u{0}d", "abcd", 4),
        Typing("a\u{1B}[99999999999999999999999999999bc", "ac", 2),
        // C1 controls and bidi overrides are no text.
        Typing("a\u{9B}31mb\u{202E}c", "a31mbc", 6),
        // A paste is text: its controls do nothing, its line ends are spaces.
        Typing("\u{1B}[200~one\ntwo\u{15}\u{3}\tx\u{1B}[A\u{1B}[201~!", "one two x!", 10),
        Typing("\u{1B}[200~a\rb\u{1B}[201~\u{1}c", "ca b", 1),
    ]

    @Test(arguments: typings) func editsTheLine(_ typing: Typing) {
        var typist = Typist(columnCount: 80)
        typist.type(typing.keys)
        #expect(typist.editor.line == typing.line)
        #expect(typist.editor.cursor == typing.cursor)
        #expect(typist.outcomes.isEmpty)
    }

    @Test func bytesThatAreNoUTF8AreNoText() {
        var typist = Typist()
        typist.type(bytes: [0x61, 0xFF, 0xC3, 0x62, 0xE2, 0x82, 0xC3, 0xA4, 0xED, 0xA0, 0x80, 0x63])
        #expect(typist.editor.line == "abäc")
    }

    @Test func controlKeysEndTheLineOrTheChat() {
        var typist = Typist()
        typist.type("a\r\u{4}")
        #expect(typist.outcomes == [.line("a"), .end])
        typist.type("b\u{4}\u{3}")
        #expect(typist.outcomes == [.line("a"), .end, .interrupt])
        #expect(typist.editor.line == "b")
    }

    @Test func historyGoesBackAndForthAndKeepsWhatWasBeingTyped() {
        var typist = Typist()
        typist.type("one\rtwo\rtwo\r\rdraft")
        typist.type("\u{1B}[A")
        #expect(typist.editor.line == "two")
        typist.type("\u{10}")
        #expect(typist.editor.line == "one")
        typist.type("\u{1B}[A")
        #expect(typist.editor.line == "one")
        typist.type("\u{1B}[B\u{E}")
        #expect(typist.editor.line == "draft")
        #expect(typist.editor.cursor == 5)
    }

    @Test func historyIsBounded() {
        var history = LineHistory(limit: 2)
        for line in ["a", "b", "c"] { history.append(line) }
        #expect(history.older(than: "") == "c")
        #expect(history.older(than: "c") == "b")
        #expect(history.older(than: "b") == nil)
    }

    @Test(arguments: 0..<20) func noBytesTrap(_ seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        var typist = Typist(columnCount: Int(seed))
        for _ in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Half of it what editors live on: escapes, brackets, digits, controls.
            let byte = UInt8(truncatingIfNeeded: state >> 33)
            let common: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x7E, 0x41, 0x44, 0x7F, 0x0D, 0x17]
            typist.type(bytes: [state >> 63 == 0 ? byte : common[Int(byte) % common.count]])
            #expect((0...typist.editor.text.count).contains(typist.editor.cursor))
        }
    }
}
