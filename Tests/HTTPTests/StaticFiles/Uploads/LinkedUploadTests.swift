import HTTPTypes
import Testing

@testable import HTTP

/// A PUT changes what GET shows, also where that is the target of a link.
@Suite struct LinkedUploadTests {
    private let folder: TemporaryFolder
    private let files: StaticFiles

    init() throws {
        folder = try TemporaryFolder()
        files = try UploadTests.serving(folder)
    }

    private func put(_ text: String, at path: String) throws -> Int {
        let upload = try files.upload(path, [.contentLength: "\(text.utf8.count)"])
        #expect(upload.append(text) == nil)
        return upload.finish().status
    }

    @Test(arguments: ["t.txt", "./t.txt", "sub/../t.txt", "second", "sub/back"])
    func theTargetIsWrittenAndTheLinkStays(target: String) throws {
        try folder.write("target", to: "t.txt")
        try folder.setPermissions("t.txt", 0o600)
        try folder.write("", to: "sub/x")
        try folder.link("second", to: "t.txt")
        try folder.link("sub/back", to: "../t.txt")
        try folder.link("l.txt", to: target)
        #expect(try put("new", at: "/l.txt") == 204)
        #expect(try files.response("/l.txt").text() == "new")
        #expect(try folder.text("t.txt") == "new")
        #expect(try folder.permissions("t.txt") == 0o600)
        #expect(try folder.target(of: "l.txt") == target)
        #expect(try folder.names() == ["l.txt", "second", "sub", "t.txt"])
    }

    @Test func aFolderBehindALinkIsAPlaceLikeAnyOther() throws {
        try folder.write("old", to: "deep/er/a.txt")
        try folder.link("deep/er/up.txt", to: "../b.txt")
        try folder.link("short", to: "deep/er")
        #expect(try put("new", at: "/short/a.txt") == 204)
        #expect(try put("new", at: "/short/up.txt") == 201)
        #expect(try folder.text("deep/er/a.txt") == "new")
        #expect(try folder.text("deep/b.txt") == "new")
    }

    /// As open(2) with O_CREAT does.
    @Test func theTargetOfADanglingLinkIsMade() throws {
        try folder.link("l.txt", to: "t.txt")
        #expect(throws: Refused(status: 412)) { try files.upload("/l.txt", [.ifMatch: "*"]) }
        #expect(try put("new", at: "/l.txt") == 201)
        #expect(try files.response("/l.txt").text() == "new")
        #expect(try folder.target(of: "l.txt") == "t.txt")
    }

    @Test func conditionsAreOnTheTarget() throws {
        try folder.write("old", to: "t.txt")
        try folder.link("l.txt", to: "t.txt")
        let tag = try #require(try files.response("/l.txt").fields[.eTag])
        #expect(throws: Refused(status: 412)) { try files.upload("/l.txt", [.ifNoneMatch: "*"]) }
        let upload = try files.upload("/l.txt", [.ifMatch: tag])
        #expect(upload.append("new") == nil)
        #expect(upload.finish().status == 204)
    }

    @Test func anUnfinishedOneIsGoneOnWithByEitherName() throws {
        try folder.write("old", to: "sub/t.txt")
        try folder.link("l.txt", to: "sub/t.txt")
        let first = try files.upload("/l.txt", [.contentLength: "10"])
        #expect(first.append("01234") == nil)
        first.abandon()
        let offset = try #require(HTTPField.Name("Upload-Offset"))
        #expect(try files.response(.head, "/l.txt").fields[offset] == "5")
        let second = try files.upload("/sub/t.txt", [.contentRange: "bytes 5-9/10"])
        #expect(second.append("56789") == nil)
        #expect(second.finish().status == 204)
        #expect(try files.response("/l.txt").text() == "0123456789")
    }

    @Test func aLinkThatIsTurnedMeanwhileIsNotWrittenThrough() throws {
        try folder.write("first", to: "1.txt")
        try folder.write("second", to: "2.txt")
        try folder.link("l.txt", to: "1.txt")
        let upload = try files.upload("/l.txt")
        #expect(upload.append("new") == nil)
        try folder.remove("l.txt")
        try folder.link("l.txt", to: "2.txt")
        #expect(upload.finish().status == 409)
        #expect(try folder.text("1.txt") == "first")
        #expect(try folder.text("2.txt") == "second")
    }

    @Test func whatReplacesAPrivateFileIsPrivateWhileItComes() throws {
        try folder.write("old", to: "a.txt")
        try folder.setPermissions("a.txt", 0o600)
        let upload = try files.upload("/a.txt", [.contentLength: "3"])
        #expect(try folder.permissions(".switchboard-uploads/3.a.txt") == 0o600)
        #expect(upload.append("new") == nil)
        #expect(upload.finish().status == 204)
        #expect(try folder.permissions("a.txt") == 0o600)
    }
}
