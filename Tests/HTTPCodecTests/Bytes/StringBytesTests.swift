import Testing

@testable import HTTPCodec

struct StringBytesTests {
    @Test func sameMeansSameBytes() {
        #expect("caf\u{E9}".isSameBytes(as: "caf\u{E9}"[...]))
        #expect(!"caf\u{E9}".isSameBytes(as: "cafe\u{301}"))
        #expect("WebSocket".isSameBytesIgnoringCase(as: "websocket"))
        #expect(!"\u{212A}".isSameBytesIgnoringCase(as: "k"))
        #expect(!"web".isSameBytesIgnoringCase(as: "webs"))
        #expect("A\u{212A}\u{C9}z".asciiLowercased.isSameBytes(as: "a\u{212A}\u{C9}z"))
    }

    @Test func piecesAreBetweenBytes() {
        let comma = UInt8(ascii: ",")
        #expect("a,,b".pieces(between: comma) == ["a", "", "b"])
        #expect("".pieces(between: comma) == [""])
        let pieces = "a,\u{301}b".pieces(between: comma)
        #expect(pieces.map { Array($0.utf8) } == [[0x61], [0xCC, 0x81, 0x62]])
    }

    @Test(arguments: [
        ("", ""), (" ", ""), (" \t a b\t ", "a b"), ("a", "a"), ("\u{A0}a\u{A0}", "\u{A0}a\u{A0}"),
        (" \u{301}a", "\u{301}a"),
    ]) func blanksAroundAreSpacesAndTabs(text: String, result: String) {
        #expect(text.withoutBlanksAround.isSameBytes(as: result))
    }
}
