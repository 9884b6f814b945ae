import Escaping
import SocketsTesting
import Testing

@Suite struct EscaperTests {
    private func escaped(_ bytes: [UInt8], _ layout: Escaper.Layout = .obeyed) -> String {
        var escaper = Escaper(layout)
        return String(decoding: escaper.escape(bytes) + escaper.finish(), as: UTF8.self)
    }

    @Test(arguments: [
        ("hello", "hello"),
        ("\u{1B}[2J\u{7}\u{7F}\u{9B}", #"\x1b[2J\x07\x7f\x9b"#),
        ("exe\u{202E}gnp\u{2066}\u{2069}", #"exe\u{202e}gnp\u{2066}\u{2069}"#),
        ("\u{AD}\u{34F}\u{61C}\u{115F}\u{1160}", #"\xad\u{34f}\u{61c}\u{115f}\u{1160}"#),
        ("\u{180E}\u{200B}\u{2060}\u{FEFF}\u{3164}", #"\u{180e}\u{200b}\u{2060}\u{feff}\u{3164}"#),
        ("\u{E0001}\u{E0041}\u{E007F}", #"\u{e0001}\u{e0041}\u{e007f}"#),
        ("\u{2028}\u{2029}\u{FFF9}\u{16FE4}", #"\u{2028}\u{2029}\u{fff9}\u{16fe4}"#),
        ("a\u{200D}b", #"a\u{200d}b"#),
        (#"\x1b"#, #"\x1b"#),
    ])
    func whatSteersOrHidesIsShown(_ text: String, _ shown: String) {
        #expect(escaped(Array(text.utf8)) == shown)
        #expect(text.escaped(.obeyed) == shown)
        #expect(text.escaped(.line) == shown)
        #expect(text.escaped(.tab) == shown)
    }

    @Test func honestTextComesBackAsItIs() {
        for text in honestTexts {
            #expect(Array(text.escaped(.line).utf8) == Array(text.utf8))
        }
    }

    @Test func layoutIsObeyedOrNamed() {
        #expect("a\r\n\tb".escaped(.obeyed) == "a\r\n\tb")
        #expect("a\r\n\tb".escaped(.line) == #"a\r\n b"#)
        #expect("a\r\n\tb".escaped(.tab) == #"a\x0d\x0a"# + "\tb")
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xF8],
        ] as [[UInt8]]
    )
    func bytesThatAreNoUTF8AreShownOneByOne(_ bytes: [UInt8]) {
        let shown = bytes.map { #"\x"# + String($0, radix: 16) }.joined()
        #expect(escaped(bytes) == shown)
        #expect(escaped(bytes + [0x61]) == shown + "a")
    }

    @Test func everyCutOfTheBytesShowsTheSame() {
        let text = Array("aé€😀\u{85}z\u{1B}👩\u{200D}🚀1\u{FE0F}a\u{200D}\u{202E}\u{E0041}\n".utf8)
        let bytes = text + [0xFF, 0xC0, 0xED, 0xA0, 0x80, 0xF4, 0xE2, 0x80]
        let expected = escaped(bytes)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var escaper = Escaper(.obeyed)
                var output = escaper.escape(Array(bytes[..<first]))
                output += escaper.escape(Array(bytes[first..<second]))
                output += escaper.escape(Array(bytes[second...])) + escaper.finish()
                #expect(String(decoding: output, as: UTF8.self) == expected)
            }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func randomBytesInRandomPiecesShowTheSame(_ offset: UInt64) {
        let seed = SeededRandom.testSeed &+ offset
        var generator = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let bytes = randomBytes(&generator)
            for layout in [Escaper.Layout.obeyed, .line, .tab] {
                let whole = escaped(bytes, layout)
                var escaper = Escaper(layout)
                var output: [UInt8] = []
                var rest = bytes[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 0...5, using: &generator))
                    output += escaper.escape(Array(piece))
                    rest = rest.dropFirst(piece.count)
                }
                output += escaper.finish()
                #expect(String(decoding: output, as: UTF8.self) == whole, "seed \(seed)")
                #expect(whole.escaped(layout) == whole, "seed \(seed): escaped twice is another")
                #expect(output.count <= 4 * bytes.count, "seed \(seed)")
                if let text = String(validating: bytes, as: UTF8.self) {
                    #expect(text.escaped(layout) == whole, "seed \(seed)")
                }
            }
        }
    }

    @Test func everyScalarIsShownTheSameFromBytesAndFromText() {
        for scalar in everyScalar() {
            let text = String(scalar)
            let shown = text.escaped(.line)
            #expect(shown == escaped(Array(text.utf8), .line), "U+\(hex(scalar))")
            #expect(shown.utf8.count <= 4 * text.utf8.count, "U+\(hex(scalar))")
        }
    }

    /// Bytes among which text, disguises and broken characters are frequent.
    private func randomBytes(_ generator: inout SeededRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...20, using: &generator) {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.append(.random(in: 0...255, using: &generator))
            case 1: bytes.append(.random(in: 0x20...0x7E, using: &generator))
            case 2: bytes += Array((honestTexts.randomElement(using: &generator) ?? "").utf8)
            case 3: bytes += Array("\u{200D}\u{FE0F}\u{202E}".utf8).shuffled(using: &generator)
            default:
                let value = UInt32.random(in: 0x180...0xE0200, using: &generator)
                bytes += Array(String(Unicode.Scalar(value) ?? "a").utf8)
            }
        }
        return bytes
    }
}
