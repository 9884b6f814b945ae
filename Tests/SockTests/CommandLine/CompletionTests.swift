import Foundation
import Testing

/// What the Tab key offers, in a real bash; that zsh and fish can read theirs.
@Suite struct CompletionTests {
    /// What bash offers for the last of some words, in a folder with two folders and a file.
    private func offers(_ words: String..., in folder: String) throws -> [String] {
        let script = """
            source /dev/stdin <<<"$("$0" --generate-completion-script bash)"
            PATH=${0%/*}:$PATH
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
            cd "$COMPLETE_IN"
            _sock sock "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let command =
            ["env", "COMPLETE_IN=\(folder)", "bash", "-c", script, SockProgram.path, "sock"] + words
        let outcome = try Program.run(command)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        return outcome.text.split(separator: "\n").map { String($0) }.sorted()
    }

    private func withEntries(_ body: (String) throws -> Void) throws {
        try withFolder { folder in
            for name in ["alpha", "beta"] {
                try FileManager.default.createDirectory(
                    atPath: folder + "/" + name,
                    withIntermediateDirectories: false
                )
            }
            try Data().write(to: URL(fileURLWithPath: folder + "/a file"))
            try body(folder)
        }
    }

    @Test func foldersAreOfferedWhereAFolderIsMeant() throws {
        try withEntries { folder throws in
            #expect(try offers("serve", "", in: folder) == ["alpha", "beta"])
            #expect(try offers("receive", "--into", "", in: folder) == ["alpha", "beta"])
            #expect(try offers("call", "--ledger", "al", in: folder) == ["alpha"])
        }
    }

    @Test func filesAreOfferedElsewhere() throws {
        try withEntries { folder throws in
            for words in [
                "get -o", "capture -o", "serve --config", "serve --tls-write-cert", "send",
            ] {
                let parts = words.split(separator: " ").map { String($0) }
                let offered =
                    parts.count == 2
                    ? try offers(parts[0], parts[1], "a", in: folder)
                    : try offers(parts[0], "a", in: folder)
                #expect(offered == ["a file", "alpha"], "\(words)")
            }
        }
    }

    @Test func interfacesAreOfferedToCapture() throws {
        try withEntries { folder throws in
            #expect(try offers("capture", "-i", "lo", in: folder).contains("lo"))
            #expect(try offers("capture", "--interface", "an", in: folder) == ["any"])
        }
    }

    @Test func commandsAreOffered() throws {
        try withEntries { folder throws in
            #expect(try offers("lis", in: folder) == ["listen"])
            #expect(try offers("chat", "j", in: folder) == ["join"])
        }
    }

    @Test(arguments: ["zsh", "fish"])
    func otherShellsCanReadTheirs(_ shell: String) throws {
        let script = try SockProgram.run("--generate-completion-script", shell)
        let outcome = try Program.run([shell, "-n", "/dev/stdin"], input: .bytes(script.output))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }
}
