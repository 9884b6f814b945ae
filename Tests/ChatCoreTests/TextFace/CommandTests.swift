import ChatCore
import Testing

typealias Command = TextFace.Command

@Suite struct CommandTests {
    @Test(arguments: [
        ("", Command.nothing),
        ("   ", .nothing),
        (" \t\r", .nothing),
        ("hello", .say("hello")),
        ("  hello  ", .say("  hello  ")),
        ("hello\r", .say("hello")),
        ("hello\r\r", .say("hello\r")),
        ("héllo 小", .say("héllo 小")),
        ("//nick", .say("/nick")),
        ("///", .say("//")),
        (" /nick x", .say(" /nick x")),
        ("bye", .quit(nil)),
        ("  ByE \r", .quit(nil)),
        ("bye!", .say("bye!")),
        ("bye bye", .say("bye bye")),
        ("/quit", .quit(nil)),
        ("/quit so long", .quit("so long")),
        ("/QUIT", .quit(nil)),
        ("/nick ada", .nick("ada")),
        ("/NICK   ada  ", .nick("ada")),
        ("/nick ada lovelace", .nick("ada lovelace")),
        ("/nick", .incomplete(usage: "/nick NAME")),
        ("/nick  ", .incomplete(usage: "/nick NAME")),
        ("/who", .who(nil)),
        ("/who #dev", .who("#dev")),
        ("/rooms", .rooms),
        ("/join dev", .join("dev")),
        ("/join\tdev", .join("dev")),
        ("/join", .incomplete(usage: "/join ROOM")),
        ("/leave", .leave(nil)),
        ("/leave #dev", .leave("#dev")),
        ("/msg bob hi", .message(to: "bob", "hi")),
        ("/msg bob  two  spaces ", .message(to: "bob", " two  spaces ")),
        ("/msg   bob hi", .message(to: "bob", "hi")),
        ("/msg bob", .incomplete(usage: "/msg NAME TEXT")),
        ("/msg bob ", .incomplete(usage: "/msg NAME TEXT")),
        ("/msg", .incomplete(usage: "/msg NAME TEXT")),
        ("/me waves", .act("waves")),
        ("/me  waves ", .act(" waves ")),
        ("/me ", .incomplete(usage: "/me TEXT")),
        ("/help", .help),
        ("/help me", .help),
        ("/", .unknown("")),
        ("/ nick", .unknown("")),
        ("/slap bob", .unknown("slap")),
        ("/nickx", .unknown("nickx")),
        // A combining mark after a blank or slash joins it into one character, but not one byte.
        ("/nick \u{301}x", .nick("\u{301}x")),
        ("/\u{301}", .unknown("\u{301}")),
    ])
    func aLineAsksFor(_ line: String, _ command: Command) throws {
        #expect(try Command.parse(Array(line.utf8).span) == command)
    }

    @Test(
        arguments: [
            ([0x61, 0x00], TextFace.InputProblem.nul(offset: 1)),
            ([0x00], .nul(offset: 0)),
            ([0xFF], .invalidUTF8(offset: 0, byte: 0xFF)),
            ([0x61, 0xC3], .invalidUTF8(offset: 1, byte: 0xC3)),
            ([0x61, 0xC3, 0x28], .invalidUTF8(offset: 1, byte: 0xC3)),
            ([0xC0, 0x80], .invalidUTF8(offset: 0, byte: 0xC0)),
            ([0xED, 0xA0, 0x80], .invalidUTF8(offset: 0, byte: 0xED)),
            ([0xF4, 0x90, 0x80, 0x80], .invalidUTF8(offset: 0, byte: 0xF4)),
            ([0xFF, 0x0D], .invalidUTF8(offset: 0, byte: 0xFF)),
        ] as [([UInt8], TextFace.InputProblem)]
    )
    func bytesThatAreNoTextSayWhatAndWhere(
        _ bytes: [UInt8],
        _ problem: TextFace.InputProblem
    ) {
        #expect(throws: problem) { try Command.parse(bytes.span) }
    }

    @Test func aLineAtTheLimitIsReadAndOneByteMoreIsNot() throws {
        let line = [UInt8](repeating: 0x78, count: 11)
        #expect(throws: TextFace.InputProblem.tooLong(limit: 10)) {
            try Command.parse(line.span, limit: 10)
        }
        #expect(try Command.parse(Array(line[1...]).span, limit: 10) == .say("xxxxxxxxxx"))
        // The line's ending is not part of the line.
        let ended = Array(line[1...]) + [0x0D]
        #expect(try Command.parse(ended.span, limit: 10) == .say("xxxxxxxxxx"))
    }

    @Test func everyTruncationOfALineIsReadOrRefused() {
        let line = Array("/msg żółw 小明 \u{1F600} e\u{301} //bye \u{202E}\r".utf8)
        for end in 0...line.count {
            do {
                _ = try Command.parse(Array(line[..<end]).span)
            } catch {
                #expect(error.description.contains("byte"))
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func randomBytesNeverTrap(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        let pieces: [[UInt8]] = [
            Array("/msg ".utf8), Array("/nick ".utf8), Array(" ".utf8), [0x0D], [0xC3], [0xA9],
            [0xE2, 0x80, 0xAE], [0x2F], Array("bye".utf8), [0xF0, 0x9F], [0x98, 0x80], [0xCC],
            [0x81], [0x00],
        ]
        for _ in 0..<2_000 {
            var line: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                if Bool.random(using: &random), let piece = pieces.randomElement(using: &random) {
                    line += piece
                } else {
                    line.append(UInt8.random(in: 0...255, using: &random))
                }
            }
            var session = TextSession()
            _ = session.receive(line: line.span)
            _ = session.receive(line: line.span)
        }
    }
}
