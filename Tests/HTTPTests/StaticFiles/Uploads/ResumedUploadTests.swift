import Glibc
import HTTPTypes
import Testing

@testable import HTTP

@Suite struct ResumedUploadTests {
    private let folder: TemporaryFolder
    private let files: StaticFiles
    private let offset = HTTPField.Name("Upload-Offset")
    private let complete = HTTPField.Name("Upload-Complete")
    private let length = HTTPField.Name("Upload-Length")

    init() throws {
        folder = try TemporaryFolder()
        files = try UploadTests.serving(folder)
    }

    private func said(_ name: HTTPField.Name?, _ response: StaticResponse) -> String? {
        name.flatMap { response.fields[$0] }
    }

    /// Sends the first half of ten bytes, and is cut.
    private func cut(_ path: String = "/a.txt") throws {
        let upload = try files.upload(path, [.contentLength: "10"])
        #expect(upload.append("01234") == nil)
        upload.abandon()
    }

    private func partials() throws -> [String] { try folder.names(in: ".switchboard-uploads") }

    @Test func headSaysHowFarItCame() throws {
        try cut()
        let response = try files.response(.head, "/a.txt")
        #expect(response.status == 404)
        #expect(said(offset, response) == "5")
        #expect(said(length, response) == "10")
        #expect(said(complete, response) == "?0")
        #expect(said(offset, try files.response(.head, "/b.txt")) == nil)
        try folder.write("old", to: "a.txt")
        let beside = try files.response(.head, "/a.txt")
        #expect(beside.status == 200)
        #expect(said(offset, beside) == "5")
        #expect(beside.fields[.contentLength] == "3")
    }

    /// What `curl -C 5 -T a.txt` sends.
    @Test func theRestMakesItWhole() throws {
        try cut()
        let upload = try files.upload(
            "/a.txt",
            [.contentRange: "bytes 5-9/10", .contentLength: "5"]
        )
        #expect(upload.append("56789") == nil)
        #expect(upload.receivedSize == 10)
        #expect(upload.finish().status == 201)
        #expect(try folder.text("a.txt") == "0123456789")
        #expect(try folder.names() == ["a.txt"])
        #expect(said(offset, try files.response(.head, "/a.txt")) == nil)
    }

    @Test func aFileCanComeInManyParts() throws {
        let text = "0123456789"
        for start in stride(from: 0, to: 10, by: 2) {
            let part = String(text.dropFirst(start).prefix(2))
            let fields: HTTPFields = [.contentRange: "bytes \(start)-\(start + 1)/10"]
            // Each twice, as by a client that lost the answer: a PUT can be repeated.
            for _ in 0..<(start < 8 ? 2 : 1) {
                let upload = try files.upload("/a.txt", fields)
                #expect(upload.append(part) == nil)
                let response = upload.finish()
                #expect(response.status == (start < 8 ? 202 : 201))
                if start < 8 { #expect(said(offset, response) == "\(start + 2)") }
            }
        }
        #expect(try folder.text("a.txt") == text)
    }

    @Test func aHoleIsNotMade() throws {
        try cut()
        let response = try files.response(.put, "/a.txt", [.contentRange: "bytes 6-9/10"])
        #expect(response.status == 409)
        #expect(said(offset, response) == "5")
        let missing = try files.response(.put, "/b.txt", [.contentRange: "bytes 6-9/10"])
        #expect(missing.status == 409)
        #expect(said(offset, missing) == "0")
    }

    @Test func anotherFilesPartIsNotGoneOnWith() throws {
        try cut()
        let response = try files.response(.put, "/a.txt", [.contentRange: "bytes 5-10/11"])
        #expect(response.status == 409)
        #expect(said(offset, response) == "0")
        // A new beginning takes its place.
        let upload = try files.upload("/a.txt", [.contentLength: "11"])
        #expect(try partials() == ["11.a.txt"])
        upload.abandon()
        #expect(try folder.names() == [])
    }

    @Test func aNewBeginningForgetsTheOld() throws {
        try cut()
        let upload = try files.upload("/a.txt", [.contentLength: "10"])
        #expect(upload.append("abc") == nil)
        upload.abandon()
        #expect(said(offset, try files.response(.head, "/a.txt")) == "3")
    }

    @Test func oneWritesAtATime() throws {
        let first = try files.upload("/a.txt", [.contentLength: "10"])
        #expect(first.append("01234") == nil)
        let response = try files.response(.put, "/a.txt", [.contentRange: "bytes 5-9/10"])
        #expect(response.status == 409)
        first.abandon()
        let second = try files.upload("/a.txt", [.contentRange: "bytes 5-9/10"])
        #expect(second.append("56789") == nil)
        #expect(second.finish().status == 201)
    }

    @Test func oldOnesAreRemoved() throws {
        try cut("/old.txt")
        try folder.setModified(".switchboard-uploads/10.old.txt", secondsSinceEpoch: 1_000)
        try cut("/new.txt")
        #expect(try partials() == ["10.new.txt"])
    }

    @Test func theirCountIsLimitedAndTheOldestGoes() throws {
        for index in 10..<26 {
            try cut("/\(index).txt")
            try folder.setModified(
                ".switchboard-uploads/10.\(index).txt",
                secondsSinceEpoch: later.secondsSinceEpoch - 1_000 + index
            )
        }
        #expect(try partials().count == 16)
        try cut("/more.txt")
        let names = try partials()
        #expect(names.count == 16)
        #expect(!names.contains("10.10.txt") && names.contains("10.more.txt"))
    }

    @Test func oneThatIsBeingWrittenIsNotRemoved() throws {
        let running = try files.upload("/run.txt", [.contentLength: "10"])
        #expect(running.append("01234") == nil)
        try folder.setModified(".switchboard-uploads/10.run.txt", secondsSinceEpoch: 1_000)
        try cut("/new.txt")
        #expect(running.append("56789") == nil)
        #expect(running.finish().status == 201)
        #expect(try folder.text("run.txt") == "0123456789")
    }

    /// Whatever they are called, and however old they are: only what is in the server's own folder is
    /// the server's.
    @Test(arguments: [
        ".note.upload", ".5.a.txt.upload", ".10.a.txt.upload", ".+ab.a.txt.upload", "10.a.txt",
    ]) func filesOfOthersAreLeftAlone(name: String) throws {
        try folder.write("mine", to: name)
        try folder.setModified(name, secondsSinceEpoch: 1_000)
        try cut()
        #expect(said(offset, try files.response(.head, "/a.txt")) == "5")
        let upload = try files.upload("/a.txt", [.contentLength: "10"])
        #expect(upload.append("0123456789") == nil)
        #expect(upload.finish().status == 201)
        #expect(try folder.text(name) == "mine")
        #expect(try folder.names() == [name, "a.txt"].sorted())
    }

    @Test func withoutUploadsHeadSaysNothingOfThem() throws {
        try cut()
        let plain = try StaticFiles(root: folder.path)
        #expect(said(offset, try plain.response(.head, "/a.txt")) == nil)
    }
}
