import Testing

@testable import sock

/// What a mistyped command gets.
@Suite struct CommandWordsTests {
    @Test(arguments: [
        (["lisen"], "sock has no command 'lisen': did you mean listen?"),
        (["recieve"], "sock has no command 'recieve': did you mean receive?"),
        (["LISTEN"], "sock has no command 'LISTEN': did you mean listen?"),
        (["sub"], "sock has no command 'sub': did you mean subscribe?"),
        (["chat", "jion"], "sock chat has no command 'jion': did you mean join?"),
        (["help", "foo"], "sock has no command 'foo'"),
        (["help", "ping", "bar"], "sock ping has no command 'bar'"),
        (["help", "chat", "srve"], "sock chat has no command 'srve': did you mean serve?"),
        (["\u{1B}[31m"], "sock has no command '\\x1b[31m'"),
    ])
    func aCommandThatIsNoneIsAMistakeAndTheNearestIsNamed(
        _ words: [String],
        _ complaint: String
    ) throws {
        let outcome = try Program.run([SockProgram.path] + words)
        #expect(outcome.status == 64)
        let line = outcome.errors.split(separator: "\n").first ?? ""
        #expect(line.hasSuffix(": " + complaint), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test(arguments: [
        ["help"], ["help", "chat", "join"], ["help", "--help"], ["--version"], ["chat", "--help"],
    ])
    func whatIsNoMistakeIsLeftAlone(_ words: [String]) throws {
        #expect(try Program.run([SockProgram.path] + words).status == 0)
    }

    @Test func aMistypedOptionIsNamedToo() throws {
        let outcome = try SockProgram.run("connect", "localhost:9", "--retyr", "3")
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Did you mean '--retry'?"), "\(outcome.errors)")
    }

    @Test func aSlipIsALetterMoreOrLessOrAnotherOrTwoSwapped() {
        for (one, other, distance) in [
            ("", "", 0), ("a", "", 1), ("ping", "ping", 0), ("pin", "ping", 1), ("pnig", "ping", 1),
            ("lisen", "listen", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
        ] {
            #expect(editDistance(one, other) == distance, "\(one) \(other)")
            #expect(editDistance(other, one) == distance, "\(other) \(one)")
        }
    }

    @Test func aLongWordIsNoWork() throws {
        let outcome = try SockProgram.run(String(repeating: "x", count: 100_000))
        #expect(outcome.status == 64)
        #expect(outcome.errors.utf8.count < 1000)
    }
}
