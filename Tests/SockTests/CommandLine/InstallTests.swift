import Foundation
import Testing

@testable import sock

/// `make install` and `make uninstall`, and the manual pages that it makes.
@Suite struct InstallTests {
    private static let project: String = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private func make(_ target: String, in root: String) throws -> Program.Outcome {
        try Program.run([
            "env", "SOCK_BINARY=\(SockProgram.path)", "make", "-s", "-C", Self.project, target,
            "PREFIX=/opt/tools", "DESTDIR=\(root)",
        ])
    }

    private func files(below folder: String) throws -> Set<String> {
        let outcome = try Program.run(["find", folder, "-type", "f", "-printf", "%P\n"])
        return Set(outcome.text.split(separator: "\n").map { String($0) })
    }

    @Test func whatIsInstalledIsThereAndGoesAgain() throws {
        try withFolder { folder in
            let man = folder + "/opt/tools/share/man/man1"
            // A page of somebody else's, whose name looks like one of ours.
            try FileManager.default.createDirectory(atPath: man, withIntermediateDirectories: true)
            try Data(".TH SOCK-OTHER 1\n".utf8).write(
                to: URL(fileURLWithPath: man + "/sock-other.1")
            )
            let installed = try make("install", in: folder)
            #expect(installed.status == 0, "\(installed.errors)")
            let found = try files(below: folder + "/opt/tools")
            for path in [
                "bin/sock", "share/man/man1/sock.1", "share/man/man1/sock-ping.1",
                "share/man/man1/sock-chat-join.1", "share/bash-completion/completions/sock",
                "share/zsh/site-functions/_sock", "share/fish/vendor_completions.d/sock.fish",
            ] {
                #expect(found.contains(path), "\(path)")
            }
            let version = try Program.run([folder + "/opt/tools/bin/sock", "--version"])
            #expect(version.text.hasPrefix("sock "), "\(version.errors)")
            #expect(try make("uninstall", in: folder).status == 0)
            #expect(try files(below: folder + "/opt/tools") == ["share/man/man1/sock-other.1"])
        }
    }

    @Test func everyCommandHasAPageWithoutAFault() throws {
        try withFolder { folder in
            let made = try Program.run([Self.project + "/scripts/manual", SockProgram.path, folder])
            #expect(made.status == 0, "\(made.errors)")
            let commands = try CommandTree().commands
            let names = commands.map { (["sock"] + $0.words).joined(separator: "-") + ".1" }
            #expect(try files(below: folder) == Set(names))
            for (command, name) in zip(commands, names) {
                let page = folder + "/" + name
                let read = try Program.run(["groff", "-man", "-Tutf8", "-ww", "-rLL=80n", page])
                #expect(read.errors.isEmpty, "\(name): \(read.errors)")
                let text = try String(contentsOfFile: page, encoding: .utf8)
                for section in [
                    "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO",
                ] {
                    #expect(text.contains(".SH \(section)\n"), "\(name) lacks \(section)")
                }
                for option in command.options.flatMap(\.longNames) {
                    let escaped = option.replacing("-", with: "\\-")
                    #expect(text.contains(escaped), "\(name) lacks \(option)")
                }
            }
        }
    }

    @Test func everyExampleOfTheManualIsACommandLine() throws {
        let manual = try String(contentsOfFile: Self.project + "/docs/manual.md", encoding: .utf8)
        let lines = manual.split(separator: "\n").filter { $0.hasPrefix("    ") }
        var triedCount = 0
        for line in lines {
            guard let start = line.range(of: "sock ")?.upperBound else {
                Issue.record("no command of ours: \(line)")
                continue
            }
            // As the shell cuts it into words.
            let words = try Program.run(["bash", "-c", "printf '%s\\n' \(line[start...])"]).text
                .split(separator: "\n").map { String($0) }
            #expect(CommandTree.complaint(about: words) == "", "\(line)")
            triedCount += 1
        }
        #expect(triedCount > 25)
    }
}
