import Files
import Foundation
import Testing

@testable import sock

/// `sock send` and `sock receive`.
@Suite struct SendReceiveTests {
    /// Runs `body` with a folder to send from and one to receive into.
    private func withFolders(_ body: (_ from: String, _ into: String) throws -> Void) throws {
        try withFolder { folder in
            let (from, into) = (folder + "/from", folder + "/into")
            try FileManager.default.createDirectory(
                atPath: from,
                withIntermediateDirectories: true
            )
            try body(from, into)
        }
    }

    private func send(_ words: String...) throws -> Program.Outcome {
        try Program.run([SockProgram.path, "send"] + words)
    }

    private func parts(_ folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        return (names ?? []).filter { $0.hasSuffix(".part") }
    }

    /// How much of a file has come that is not complete.
    private func partSize(_ folder: String) -> Int {
        parts(folder).map { bytes(folder + "/" + $0).count }.reduce(0, +)
    }

    @Test func filesAndFoldersArriveAsTheyAre() throws {
        try withFolders { from, into in
            try FileTree.make(in: from + "/tree")
            try Data("alone".utf8).write(to: URL(fileURLWithPath: from + "/alone.txt"))
            let server = try SessionListening("receive", "--into", into)
            let sent = try send(from + "/tree", from + "/alone.txt", server.endpoint)
            #expect(sent.status == 0, "\(sent.errors)")
            for name in FileTree.names {
                #expect(bytes("\(into)/tree/\(name)") == bytes("\(from)/tree/\(name)"), "\(name)")
                #expect(FileManager.default.fileExists(atPath: "\(into)/tree/\(name)"))
                #expect(sent.errors.contains("sent tree/\(name): "), "\(sent.errors)")
            }
            #expect(bytes(into + "/alone.txt") == Data("alone".utf8))
            #expect(parts(into).isEmpty)
            let told = server.stop()
            #expect(told.contains("received alone.txt: 5 bytes in "), "\(told)")
            #expect(told.contains("received tree/large.bin: "), "\(told)")
        }
    }

    @Test func withOnceTheReceiverEndsWithTheSender() throws {
        try withFolders { from, into in
            try Data("x".utf8).write(to: URL(fileURLWithPath: from + "/x"))
            let server = try SessionListening("receive", "--into", into, "--once")
            #expect(try send(from + "/x", server.endpoint).status == 0)
            #expect(server.program.wait().status == 0)
            #expect(bytes(into + "/x") == Data("x".utf8))
        }
    }

    @Test func whatIsThereIsNotSentAgain() throws {
        try withFolders { from, into in
            try randomBytes(3_000_000).write(to: URL(fileURLWithPath: from + "/x"))
            let server = try SessionListening("receive", "--into", into)
            #expect(try send(from + "/x", server.endpoint).status == 0)
            let again = try send(from + "/x", server.endpoint, "--json")
            #expect(again.status == 0)
            let event = try jsonObject(again.errors.split(separator: "\n").last.map(String.init))
            #expect(event["event"] as? String == "sent")
            #expect(event["resumed_size"] as? Int == 3_000_000)
            // Other content of the same name takes its place.
            try Data("new".utf8).write(to: URL(fileURLWithPath: from + "/x"))
            #expect(try send(from + "/x", server.endpoint).status == 0)
            #expect(bytes(into + "/x") == Data("new".utf8))
            server.stop()
        }
    }

    @Test func aLineThatIsCutAgainAndAgainLosesNothing() throws {
        try withFolders { from, into in
            try FileTree.make(in: from + "/tree")
            let ledgers = into + "/../ledgers"
            let server = try SessionListening("receive", "--into", into, "--ledger", ledgers)
            let line = try BadLine(to: server.port, cut: 300_000)
            let sent = try send(from + "/tree", line.endpoint, "--ledger", ledgers)
            #expect(sent.status == 0, "\(sent.errors)")
            #expect(sent.errors.contains("the session goes on"), "\(sent.errors)")
            for name in FileTree.names {
                #expect(bytes("\(into)/tree/\(name)") == bytes("\(from)/tree/\(name)"), "\(name)")
            }
            line.stop()
            server.stop()
            try Ledgers.expectBalance(ledgers, count: 1)
        }
    }

    @Test func aReceiverThatWasKilledGoesOn() throws {
        try withFolders { from, into in
            let content = try randomBytes(4_000_000)
            try content.write(to: URL(fileURLWithPath: from + "/large.bin"))
            let server = try SessionListening("receive", "--into", into)
            let line = try BadLine(to: server.port, rate: 2_000_000)
            let sender = try SockProgram.start(
                "send",
                from + "/large.bin",
                line.endpoint,
                "--json"
            )
            #expect(comes { partSize(into) > 500_000 })
            server.kill()
            let had = partSize(into)
            let second = try SessionListening("receive", "--into", into, on: server.address)
            let outcome = sender.wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("session_renewed"), "\(outcome.errors)")
            #expect(bytes(into + "/large.bin") == content)
            #expect(had > 500_000)
            #expect(parts(into).isEmpty)
            line.stop()
            second.stop()
        }
    }

    @Test func aSenderThatWasKilledGoesOn() throws {
        try withFolders { from, into in
            let content = try randomBytes(4_000_000)
            try content.write(to: URL(fileURLWithPath: from + "/large.bin"))
            let server = try SessionListening("receive", "--into", into)
            let line = try BadLine(to: server.port, rate: 2_000_000)
            let first = try SockProgram.start("send", from + "/large.bin", line.endpoint)
            #expect(comes { partSize(into) > 500_000 })
            first.send(SIGKILL)
            _ = first.wait()
            let second = try send(from + "/large.bin", server.endpoint, "--json")
            #expect(second.status == 0, "\(second.errors)")
            let event = try jsonObject(second.errors.split(separator: "\n").last.map(String.init))
            #expect(event["event"] as? String == "sent")
            #expect(try #require(event["resumed_size"] as? Int) > 500_000)
            #expect(bytes(into + "/large.bin") == content)
            line.stop()
            server.stop()
        }
    }

    @Test func anInterruptedSenderIs130AndGoesOn() throws {
        try withFolders { from, into in
            let content = try randomBytes(4_000_000)
            try content.write(to: URL(fileURLWithPath: from + "/large.bin"))
            let server = try SessionListening("receive", "--into", into)
            let line = try BadLine(to: server.port, rate: 2_000_000)
            let first = try SockProgram.start("send", from + "/large.bin", line.endpoint)
            #expect(comes { partSize(into) > 500_000 })
            first.send(SIGINT)
            #expect(first.wait().status == 130)
            #expect(!FileManager.default.fileExists(atPath: into + "/large.bin"))
            #expect(try send(from + "/large.bin", server.endpoint).status == 0)
            #expect(bytes(into + "/large.bin") == content)
            line.stop()
            server.stop()
        }
    }

    @Test func whatCannotGoIsLeftOutAndTold() throws {
        try withFolders { from, into in
            let folder = from + "/folder"
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/x"))
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/link",
                withDestinationPath: "/etc/hostname"
            )
            #expect(unsafe mkfifo(folder + "/pipe", 0o600) == 0)
            let server = try SessionListening("receive", "--into", into)
            let sent = try send(folder, server.endpoint)
            #expect(sent.status == 1, "\(sent.errors)")
            #expect(sent.errors.contains("2 left out"), "\(sent.errors)")
            #expect(sent.errors.contains("links in folders are not followed"), "\(sent.errors)")
            #expect(sent.errors.contains("neither a file nor a folder"), "\(sent.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: into + "/folder")
            #expect(names == ["x"])
            server.stop()
        }
    }

    @Test func aFileThatIsTooLargeIsToldAndTheOthersArrive() throws {
        try withFolders { from, into in
            try randomBytes(2_000).write(to: URL(fileURLWithPath: from + "/large"))
            try randomBytes(10).write(to: URL(fileURLWithPath: from + "/small"))
            let server = try SessionListening("receive", "--into", into, "--size-limit", "1k")
            let sent = try send(from + "/large", from + "/small", server.endpoint)
            #expect(sent.status == 1)
            #expect(sent.errors.contains("sock: large: "), "\(sent.errors)")
            #expect(sent.errors.contains("at most 1000 bytes"), "\(sent.errors)")
            #expect(sent.errors.contains("1 of 2 files were not sent"), "\(sent.errors)")
            #expect(bytes(into + "/small").count == 10)
            #expect(!FileManager.default.fileExists(atPath: into + "/large"))
            server.stop()
        }
    }

    @Test func pathsThatMeanNothingAreRefusedBeforeAnythingIsSent() throws {
        try withFolders { from, into in
            try Data("x".utf8).write(to: URL(fileURLWithPath: from + "/x"))
            let server = try SessionListening("receive", "--into", into)
            let missing = try send(from + "/x", from + "/missing", server.endpoint)
            #expect(missing.status == 1)
            #expect(missing.errors.contains("no such file"), "\(missing.errors)")
            let twice = try send(from + "/x", from + "/../from/x", server.endpoint)
            #expect(twice.status == 64)
            #expect(twice.errors.contains("would both be x"), "\(twice.errors)")
            #expect(try send(from + "/x").status == 64)
            #expect(!FileManager.default.fileExists(atPath: into + "/x"))
            server.stop()
        }
    }

    @Test func namesThatNeedCareAreShownNotObeyed() throws {
        try withFolders { from, into in
            let name = "a\u{1B}[31mb\nc"
            try Data("x".utf8).write(to: URL(fileURLWithPath: from + "/" + name))
            let server = try SessionListening("receive", "--into", into, "--unprintable")
            let sent = try send(from + "/" + name, server.endpoint)
            #expect(sent.status == 0, "\(sent.errors)")
            #expect(sent.errors.contains("sent a\\x1b[31mb\\nc: 1 bytes"), "\(sent.errors)")
            #expect(bytes(into + "/" + name) == Data("x".utf8))
            let told = server.stop()
            #expect(!told.contains("\u{1B}"))
        }
    }

    @Test func aFolderThatCannotBeIsToldAtOnce() throws {
        try withFolders { from, _ in
            try Data("x".utf8).write(to: URL(fileURLWithPath: from + "/x"))
            let server = try SockProgram.run(
                "receive",
                "--listen",
                "127.0.0.1:0",
                "--into",
                from + "/x"
            )
            #expect(server.status == 1)
            #expect(server.errors.contains("not a directory"), "\(server.errors)")
        }
    }

    @Test func whatAPathIsCalledAtTheOtherEnd() {
        #expect(OutgoingFiles.name(of: "a/b/c.txt") == "c.txt")
        #expect(OutgoingFiles.name(of: "/photos/") == "photos")
        // A mark that combines with what is before it makes no other character of a slash.
        #expect(OutgoingFiles.name(of: "a/\u{301}x") == "\u{301}x")
        for path in [".", "..", "/", "./", "a/.."] as [BytePath] {
            #expect(OutgoingFiles.name(of: path) == "")
        }
    }
}
