import ChatServer
import Sockets
import Testing

/// What is no text ends the connection it came on, with a sentence, and nothing else.
@Suite struct MalformedInputTests {
    struct Malformed: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let sentence: String

        init(_ name: String, _ bytes: [UInt8], _ sentence: String) {
            testDescription = name
            self.bytes = bytes
            self.sentence = sentence
        }
    }

    static let cases = [
        Malformed("a NUL", Array("a\0b\n".utf8), "* byte 1 of your line is NUL; goodbye"),
        Malformed(
            "no UTF-8",
            [0x61, 0x62, 0xFF, 0x0A],
            "* byte 2 of your line is 0xff, which is not UTF-8; goodbye"
        ),
        Malformed(
            "a long line",
            Array(repeating: 0x61, count: 100_000) + [0x0A],
            "* your line is longer than 2,048 bytes; goodbye"
        ),
        Malformed(
            "a flood without a line end",
            Array(repeating: 0, count: 1_000_000),
            "* your line is longer than 2,048 bytes; goodbye"
        ),
    ]

    @Test(arguments: cases) func dropsItsSenderAlone(_ malformed: Malformed) async throws {
        let (bytes, sentence) = (malformed.bytes, malformed.sentence)
        try await withChat { server, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let eve = try await Person.entering(addresses[0], as: "eve")
            try? await eve.connection.send(bytes)
            #expect(try await eve.rest() == [sentence])
            eve.connection.close()
            #expect(
                try await ada.lines(until: "* eve left").last
                    == "* eve left #lobby: sent what is not text (1 here)"
            )
            // Before there is a name, too.
            let nobody = try await Person.arriving(at: addresses[0])
            try? await nobody.connection.send(bytes)
            #expect(try await nobody.rest() == [sentence])
            try await ada.type("/who")
            #expect(try await ada.line() == "* 1 in #lobby: ada")
        }
    }

    @Test func controlBytesArriveEscaped() async throws {
        try await withChat { _, addresses in
            let ada = try await Person.entering(addresses[0], as: "ada")
            let eve = try await Person.entering(addresses[0], as: "eve")
            try await eve.type("\u{1B}[2J\u{7}\u{9B}1mred\u{202E}")
            #expect(
                try await ada.lines(until: "[").last
                    == #"[#lobby] eve: \x1b[2J\x07\x9b1mred\u{202e}"#
            )
        }
    }
}
