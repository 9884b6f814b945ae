import Files
import Foundation
import Testing

@testable import sock

/// Files that only their owner is to read, as `capture -o` and `--record` write them.
struct PrivateFileTests {
    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(unsafe lstat(path, &status) == 0)
        return status.st_mode
    }

    private func change(_ path: String, to mode: mode_t) throws {
        try #require(unsafe chmod(path, mode) == 0)
    }

    private func makeLink(_ path: String, to target: String) throws {
        try #require(unsafe symlink(target, path) == 0)
    }

    private func opened(_ path: String) throws {
        let number = try PrivateFile.open(BytePath(path))
        PrivateFile.empty(number)
        #expect(Blocking.write(Array("secret".utf8), to: number) == 0)
        close(number)
    }

    @Test func aNewFileIsForItsOwnerWhateverTheMask() throws {
        try withFolder { folder in
            try opened("\(folder)/new")
            #expect(try mode("\(folder)/new") & 0o7777 == 0o600)
        }
    }

    @Test(arguments: [0o644, 0o666, 0o660, 0o604] as [mode_t])
    func aFileThatOthersCouldReadBecomesPrivate(before: mode_t) throws {
        try withFolder { folder in
            let path = "\(folder)/old"
            try Data("longer than a secret".utf8).write(to: URL(fileURLWithPath: path))
            try change(path, to: before)
            try opened(path)
            #expect(try mode(path) & 0o7777 == 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "secret")
        }
    }

    @Test func aLinkToAFileIsRefusedAndWhatIsBehindItStays() throws {
        try withFolder { folder in
            let (path, link) = ("\(folder)/victim", "\(folder)/link")
            try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
            try makeLink(link, to: path)
            try change(path, to: 0o644)
            #expect(throws: Failure.self) { try PrivateFile.open(BytePath(link)) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept")
            #expect(try mode(path) & 0o7777 == 0o644)
            try makeLink("\(folder)/dangling", to: "\(folder)/nowhere")
            #expect(throws: Failure.self) { try PrivateFile.open("\(folder)/dangling") }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/nowhere"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func aFileOfAnotherUserIsRefused() throws {
        try withFolder { folder in
            let path = "\(folder)/theirs"
            try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
            try #require(unsafe chown(path, 65_534, 65_534) == 0)
            #expect(throws: Failure.self) { try PrivateFile.open(BytePath(path)) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept")
        }
    }

    @Test func devicesPipesAndLinksToThemAreWrittenAsTheyAre() throws {
        try withFolder { folder in
            for path in ["/dev/null", "\(folder)/null"] {
                if path != "/dev/null" { try makeLink(path, to: "/dev/null") }
                let before = try mode("/dev/null")
                try opened(path)
                #expect(try mode("/dev/null") == before)
            }
            let fifo = "\(folder)/fifo"
            try #require(unsafe mkfifo(fifo, 0o644) == 0)
            let reader = try Program(["cat", fifo])
            try opened(fifo)
            #expect(reader.wait().text == "secret")
            #expect(try mode(fifo) & 0o7777 == 0o644)
        }
    }

    @Test func theCommandsUseIt() throws {
        try withFolder { folder in
            let (path, link) = ("\(folder)/r", "\(folder)/link")
            try Data("old".utf8).write(to: URL(fileURLWithPath: path))
            try makeLink(link, to: path)
            try change(path, to: 0o644)
            let refused = try SockProgram.run("listen", "127.0.0.1:0", "--record", link)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("\(link) is a link to a file: name the file itself"))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
            let listening = try Listening("--record", path)
            #expect(try listening.netcat(.text("hello")).wait().status == 0)
            _ = listening.program.wait()
            #expect(try mode(path) & 0o7777 == 0o600)
            guard geteuid() == 0 else { return }
            try change(path, to: 0o644)
            let capture = ["capture", "-i", "lo", "--count", "1", "-o"]
            let linked = try Program.run([SockProgram.path] + capture + [link])
            #expect(linked.status == 1)
            #expect(linked.errors.contains("is a link to a file"))
        }
    }
}
