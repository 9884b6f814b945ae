import Testing

@testable import sock

/// How options are written, of every command there is: a new one is tried as well.
@Suite struct OptionTests {
    /// What the parser says when it has not understood the option itself.
    private static let misunderstandings = ["nknown option", "issing value", "is invalid"]

    private func isUnderstood(_ arguments: [String]) -> Bool {
        let complaint = CommandTree.complaint(about: arguments)
        return !Self.misunderstandings.contains { complaint.contains($0) }
    }

    @Test func everyShortOptionTakesItsValueInTheSameWord() throws {
        var triedCount = 0
        for (words, options) in try CommandTree().commands {
            for letter in options.filter(\.takesValue).flatMap(\.letters) {
                for word in ["-\(letter)7", "-\(letter)=7"] {
                    #expect(isUnderstood(words + [word]), "\(words) \(word)")
                }
                #expect(isUnderstood(words + ["-\(letter)", "7"]), "\(words) -\(letter) 7")
                triedCount += 1
            }
        }
        #expect(triedCount >= 10)
    }

    @Test func flagsMayStandBeforeAShortOptionInTheSameWord() throws {
        for (words, options) in try CommandTree().commands {
            let flags = options.filter { $0.kind == "flag" }.flatMap(\.letters).filter { $0 != "h" }
            for letter in options.filter(\.takesValue).flatMap(\.letters) {
                for flag in flags {
                    #expect(
                        isUnderstood(words + ["-\(flag)\(letter)7"]),
                        "\(words) \(flag)\(letter)"
                    )
                }
            }
        }
    }

    @Test func theLettersAreThoseOfTheCommands() throws {
        for (words, options) in try CommandTree().commands {
            let values = options.filter(\.takesValue).flatMap(\.letters)
            guard !values.isEmpty else { continue }
            let flags = options.filter { $0.kind == "flag" }.flatMap(\.letters)
            #expect(
                ShortOptions.letters[words.joined(separator: " ")]
                    == .init(flags: Set(flags).subtracting(["h"]), values: Set(values)),
                "\(words)"
            )
        }
    }

    @Test func whatIsNoGroupOfOptionsStaysWhole() {
        for words in [
            ["ping", "-c", "3", "h"], ["ping", "--", "-4c3"], ["ping", "-4", "h"],
            ["get", "--header", "-Ofoo: x"], ["connect", "-vc3"], ["ping", "-c3"], ["ping", "-"],
            ["ping", ""], ["get", "-Oü"],
        ] {
            #expect(ShortOptions.separated(words) == words, "\(words)")
        }
        #expect(ShortOptions.separated(["ping", "-46c3", "h"]) == ["ping", "-46", "-c3", "h"])
    }

    @Test func pingReadsWhatEverybodysFingersType() throws {
        let outcome = try SockProgram.run("ping", "-4c2", "-i.01", "-s16", "-W2", "127.0.0.1")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.text.contains("2 packets transmitted, 2 received"), "\(outcome.text)")
    }

    @Test func everyTimeHasTheSameGrammar() throws {
        var triedCount = 0
        for (words, options) in try CommandTree().commands {
            for option in options where option.valueName == "time" {
                for name in option.longNames {
                    for time in ["5s", "500ms", "2m", "1h", "1.5s", "2"] {
                        #expect(isUnderstood(words + [name, time]), "\(words) \(name) \(time)")
                    }
                    for time in ["5x", "-1s", "1e3", "s"] {
                        #expect(!isUnderstood(words + [name, time]), "\(words) \(name) \(time)")
                    }
                    triedCount += 1
                }
            }
            // Whatever else is measured in seconds.
            for option in options where option.abstract?.contains("many seconds") == true {
                Issue.record("\(words) \(option.longNames) says no grammar of times")
            }
        }
        #expect(triedCount >= 15)
    }

    @Test func everySizeHasTheSameGrammar() throws {
        var triedCount = 0
        for (words, options) in try CommandTree().commands {
            for option in options where ["size", "rate"].contains(option.valueName) {
                // Attempts a second, of a scan.
                if words == ["scan"] { continue }
                for name in option.longNames {
                    for size in ["800", "64k", "1.5k", "1Ki", "2kB", "1KiB"] {
                        // A request's data are at most 65,507 bytes, which all of these are.
                        #expect(isUnderstood(words + [name, size]), "\(words) \(name) \(size)")
                    }
                    #expect(!isUnderstood(words + [name, "5x"]), "\(words) \(name)")
                    triedCount += 1
                }
            }
        }
        #expect(triedCount >= 6)
    }

    @Test func usageAndHelpFitEightyColumns() throws {
        for (words, _) in try CommandTree().commands {
            let help = try Program.run([SockProgram.path] + words + ["--help"]).text
            for line in help.split(separator: "\n") {
                #expect(line.count <= 80, "\(words): \(line)")
            }
        }
    }
}
