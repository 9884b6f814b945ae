import Foundation
import Testing

@testable import sock

/// The command line as bytes and as texts.
@Suite struct ProgramArgumentsTests {
    @Test(arguments: ["", "plain", "résumé", "e\u{301}", "日本 🎉", "\u{FFFD}", "\u{E000}"])
    func aTextInUTF8IsItself(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(ProgramArguments.text(of: bytes).unicodeScalars.elementsEqual(text.unicodeScalars))
        #expect(ProgramArguments.bytes(of: text) == bytes)
    }

    @Test(
        arguments: [
            [0x72, 0xE9, 0x73], [0xFF], [0xC3], [0xE2, 0x82], [0xC0, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0x80, 0x41],
        ] as [[UInt8]]
    )
    func bytesThatAreNoUTF8ComeBack(_ bytes: [UInt8]) {
        let text = ProgramArguments.text(of: bytes)
        #expect(!text.unicodeScalars.contains("\u{FFFD}"))
        #expect(ProgramArguments.bytes(of: text) == bytes)
    }

    /// Otherwise a text would stand for the bytes of another.
    @Test func theScalarsThatStandForBytesAreBytesThemselves() {
        let bytes = Array("a\u{10FFE9}b".utf8)
        let text = ProgramArguments.text(of: bytes)
        #expect(text.unicodeScalars.count == 6)
        #expect(ProgramArguments.bytes(of: text) == bytes)
        #expect(text != ProgramArguments.text(of: [0x61, 0xE9, 0x62]))
    }

    @Test(arguments: Draws.seeds(20))
    func anyBytesComeBack(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        for _ in 0..<200 {
            // Many that begin or go on with a character of several bytes.
            let bytes = (0..<Int.random(in: 0...12, using: &draws)).map { _ in
                Bool.random(using: &draws)
                    ? UInt8.random(in: 1...255, using: &draws)
                    : [0xE2, 0x82, 0xAC, 0xF4, 0x8F, 0xBF, 0x80].randomElement(using: &draws) ?? 1
            }
            #expect(ProgramArguments.bytes(of: ProgramArguments.text(of: bytes)) == bytes)
        }
    }

    /// libfaketime and others call setenv(3) before main, which moves `environ`, by which Swift finds the
    /// arguments.
    @Test func aLibraryThatChangesTheEnvironmentBeforeMainTakesNoArgumentAway() throws {
        try withFolder { folder in
            let source = """
                #include <stdlib.h>
                __attribute__((constructor)) static void change(void) {
                  for (int i = 0; i < 100; i++) {
                    char name[8] = {'X', 'Y', 'Z', 'A' + i / 10, 'A' + i % 10};
                    setenv(name, "a value", 1);
                  }
                }
                """
            let library = "\(folder)/change.so"
            try Data(source.utf8).write(to: URL(fileURLWithPath: "\(folder)/change.c"))
            let made = try Program.run(
                ["cc", "-shared", "-fPIC", "-o", library, "\(folder)/change.c"]
            )
            try #require(made.status == 0, "\(made.errors)")
            let outcome = try Program.run([
                "env", "LD_PRELOAD=\(library)", SockProgram.path, "resolve", "127.0.0.1:80",
            ])
            #expect(outcome.text == "127.0.0.1:80\n", "\(outcome.errors)")
            #expect(outcome.status == 0)
        }
    }
}
