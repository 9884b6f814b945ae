import Testing
import WebSocketCodec

@Suite struct MessageTests {
    @Test func oneFrameInOnePieceIsNotCopied() {
        let wire = frame(0x81, "text") + frame(0x82, "bytes") + frame(0x89, "ping") + frame(0x81)
        let result = received(wire)
        #expect(result.inPlaceCount == 4)
        #expect(
            result.seen == [
                .text("text"), .binary(Array("bytes".utf8)), .ping(Array("ping".utf8)), .text(""),
            ]
        )
        #expect(received(frame(0x01, "frag") + frame(0x80, "ments")).inPlaceCount == 0)
    }

    @Test func controlFramesComeBetweenFragments() {
        let wire =
            frame(0x01, "frag") + frame(0x89, "1") + frame(0x00, "men") + frame(0x8A, "2")
            + frame(0x89, "3") + frame(0x80, "ts")
        let result = received(wire)
        #expect(
            result.seen == [
                .ping(Array("1".utf8)), .pong(Array("2".utf8)), .ping(Array("3".utf8)),
                .text("fragments"),
            ]
        )
        #expect(result.output == bytes("8a 01 31 8a 01 33"))
    }

    @Test func fragmentsMayBeEmpty() {
        #expect(received(frame(0x01) + frame(0x00) + frame(0x80)).seen == [.text("")])
        #expect(received(frame(0x01) + frame(0x00, "x") + frame(0x80)).seen == [.text("x")])
        #expect(received(frame(0x02) + frame(0x80)).seen == [.binary([])])
    }

    @Test func fragmentsOfOneMessageHaveKeysOfTheirOwn() {
        let wire =
            frame(0x02, [1, 2, 3], key: [9, 8, 7, 6]) + frame(0x00, [4], key: [0, 0, 0, 0])
            + frame(0x80, [5, 6], key: [0xFF, 0, 0xFF, 0])
        #expect(received(wire).seen == [.binary([1, 2, 3, 4, 5, 6])])
    }

    @Test func sendsInFragmentsAsAsked() throws {
        var machine = Setup(isServer: false).machine()
        var output: [UInt8] = []
        for (index, piece) in ["frag", "", "ments"].enumerated() {
            try machine.sendFragment(text: piece.utf8Span, isLast: index == 2, to: &output)
            try machine.ping(to: &output)
        }
        try machine.send(text: "whole".utf8Span, to: &output)
        #expect(
            received(output).seen == [
                .ping([]), .ping([]), .text("fragments"), .ping([]), .text("whole"),
            ]
        )
    }
}

/// Autobahn's groups 6.1 to 6.23 by kind.
@Suite struct TextTests {
    static let valid = [
        "", "Hello-µ@ßöäüàá-UTF-8!!", "κόσμε", "\u{0}", "\u{7F}\u{80}\u{7FF}\u{800}",
        "\u{D7FF}\u{E000}\u{FFFD}", "\u{FFFE}\u{FFFF}\u{10000}\u{10FFFF}", "\u{1FFFE}\u{EFFFF}",
        String(repeating: "日本語", count: 100),
    ]

    @Test(arguments: valid)
    func validTextArrivesHoweverItIsCut(text: String) {
        let utf8 = Array(text.utf8)
        #expect(received(frame(0x81, utf8)).seen == [.text(text)])
        for cut in utf8.indices {
            let wire = frame(0x01, Array(utf8[..<cut])) + frame(0x80, Array(utf8[cut...]))
            #expect(received(wire).seen == [.text(text)])
        }
        let single = frame(0x01) + utf8.flatMap { frame(0x00, [$0]) } + frame(0x80)
        #expect(received(single).seen == [.text(text)])
    }

    static let invalid = [
        // Surrogates, too long forms, beyond Unicode, five and six bytes, bare and missing tails.
        "eda080", "edad bf edb080", "edbfbf", "c080", "c1bf", "e08080", "e09fbf", "f0808080",
        "f08fbfbf", "f8808080 80", "fc8080808080", "f4908080", "f7bfbfbf", "fbbfbfbfbf", "80", "bf",
        "8080", "c0", "fe", "ff", "feffff", "c220", "e18020", "f1808020", "c3", "e282", "f09f98",
        "cebae1bdb9cf83cebcceb5 eda080 656469746564", "e28228a1", "f0288cbc",
    ]

    @Test(arguments: invalid)
    func invalidTextIsRefusedHoweverItIsCut(hex: String) {
        let text = Array("ok: ".utf8) + bytes(hex)
        #expect(received(frame(0x81, text)).cause == .textNotUTF8)
        for cut in text.indices {
            let wire = frame(0x01, Array(text[..<cut])) + frame(0x80, Array(text[cut...]))
            let result = received(wire)
            #expect(result.cause == .textNotUTF8)
            #expect(Array(result.output[2...3]) == bytes("03ef"))
        }
        #expect(received(frame(0x82, text)).seen == [.binary(text)])
    }

    @Test func invalidTextIsRefusedBeforeItsFrameIsComplete() {
        // 6.4: the wrong byte comes, the rest of the message does not.
        let text = bytes("cebae1bdb9cf83cebcceb5 f4908080 656469746564")
        let wire = frame(0x81, text)
        let header = wire.count - text.count
        #expect(Setup().receive([Array(wire[..<(header + 12)])]).seen.isEmpty)
        #expect(Setup().receive([Array(wire[..<(header + 13)])]).cause == .textNotUTF8)
    }

    @Test func aFragmentMayEndInsideACharacterButTheMessageMayNot() {
        let euro = bytes("e282ac")
        let cut = frame(0x01, Array(euro[..<2]))
        #expect(received(cut + frame(0x89) + frame(0x80, [0xAC])).seen == [.ping([]), .text("€")])
        #expect(received(cut + frame(0x80)).cause == .textNotUTF8)
    }
}
